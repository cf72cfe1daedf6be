/// How numbers are dialled in one region, for the many numbers whose reading needs no more than this.
///
/// libphonenumber takes some 20 µs a number. Under a *plain* plan its answer follows from the digits alone: an optional
/// trunk prefix of one digit in front of a number of possible length. The plans name only regions where that holds;
/// the lengths come from the library, and a test compares both ways on many numbers.
struct DiallingPlan: Sendable {
    let callingCode: Int
    private let prefix: [UInt8]
    /// The digit in front of a national number at home, nil where there is none.
    private let trunk: UInt8?
    /// Bit N: a national number of N digits is possible.
    private let lengths: UInt32

    private init?(region: String, trunk: Character?) {
        guard let code = PhoneLibrary.callingCode(of: region) else { return nil }
        callingCode = code
        prefix = Array("+\(code)".utf8)
        self.trunk = trunk?.asciiValue
        lengths = (1...17).reduce(0) { bits, digits in
            PhoneLibrary.isPossible(digits: digits, underCallingCode: code) ? bits | 1 << digits : bits
        }
    }

    /// Appends the E.164 form, where this plan can tell it.
    ///
    /// - Parameters:
    ///   - digits: all digits as written, without the plus.
    ///   - isInternational: whether a plus stood in front, so that the digits begin with the calling code.
    /// - Returns: false, with nothing appended, where the library has to look.
    func append(digits: ArraySlice<UInt8>, isInternational: Bool, to out: inout [UInt8]) -> Bool {
        let code = prefix.dropFirst()
        var national = digits
        if isInternational {
            guard digits.starts(with: code) else { return false }
            national = digits.dropFirst(code.count)
            if national.first == trunk { return false }
        } else if let trunk {
            if national.first == trunk {
                national = national.dropFirst()
                if national.first == trunk { return false }  // 00 or 11: perhaps another country follows
            } else if national.starts(with: code) {
                return false
            }
        } else if national.starts(with: code) {
            return false
        }
        guard let first = national.first, first != UInt8(ascii: "0"), national.count <= 17,
            lengths & 1 << national.count != 0
        else { return false }
        // Without its area code a number may still be as long as a whole one elsewhere under the same calling code.
        if national.starts(with: code) { return false }
        out.append(contentsOf: prefix)
        out.append(contentsOf: national)
        return true
    }

    static func of(_ region: String) -> DiallingPlan? { plans[region] }
    static func of(callingCodeIn digits: ArraySlice<UInt8>) -> DiallingPlan? {
        for length in 1...3 where digits.count > length {
            let code = digits.prefix(length).reduce(0) { $0 * 10 + Int($1 - 0x30) }
            if let plan = byCallingCode[code] { return plan }
        }
        return nil
    }

    /// Regions whose numbers carry no carrier codes, no rewriting and no prefix longer than a digit.
    private static let plainRegions: [(String, Character?)] = [
        ("US", "1"), ("CA", "1"), ("GB", "0"), ("DE", "0"), ("FR", "0"), ("NL", "0"), ("BE", "0"), ("CH", "0"),
        ("AT", "0"),
        ("SE", "0"), ("IE", "0"), ("ES", nil), ("PT", nil), ("DK", nil), ("NO", nil), ("PL", nil), ("CZ", nil),
        ("IN", "0"),
    ]
    private static let plans: [String: DiallingPlan] = Dictionary(
        uniqueKeysWithValues: plainRegions.compactMap { region, trunk in
            DiallingPlan(region: region, trunk: trunk).map { (region, $0) }
        })
    private static let byCallingCode = Dictionary(
        plans.values.map { ($0.callingCode, $0) }, uniquingKeysWith: { first, _ in first })
}
