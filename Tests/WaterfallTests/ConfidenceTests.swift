import Testing
@testable import Waterfall

@Suite struct ConfidenceTests {
    @Test(
        arguments: [
            ("0.8", nil, 0.8), ("80", nil, 0.8), ("1", nil, 1), ("95%", nil, 0.95), ("95 %", 1, 0.95),
            ("0,8", nil, 0.8),
            ("4", 5, 0.8), ("90", 100, 0.9), ("1", 100, 0.01), ("-3", nil, 0), ("700", 100, 1), ("high", nil, nil),
            ("", 1, nil), ("nan", nil, nil),
        ] as [(String, Double?, Double?)])
    func aShareIsReadAsItIsMeant(_ text: String, _ scale: Double?, _ expected: Double?) {
        #expect(Confidence.share(text, scale: scale) == expected)
    }
}
