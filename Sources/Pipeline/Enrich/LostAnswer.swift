import EnrichmentAPI

/// How to go on after an answer that was lost (DESIGN, "A lost answer").
///
/// Pure.
enum LostAnswer {
    /// The call to ask with instead, nil where a person has to decide.
    ///
    /// Only `/enrichment` is known to charge the same question once.
    static func next(after endpoint: Endpoint, _ choice: EnrichSettings.WhenAnswerLost) -> Endpoint? {
        switch choice {
        case .hold: nil
        case .resend: endpoint
        case .single: endpoint == .bulk || endpoint == .single ? .single : nil
        }
    }
}
