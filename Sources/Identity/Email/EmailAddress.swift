import Foundation

/// Email addresses out of exports, in one canonical form.
///
/// A cell is mostly an address and nothing else. Where it is not, what stands around addresses in exports is taken off,
/// and the first thing in the cell that is an address by ``EmailSyntax`` counts.
enum EmailAddress {
    /// Longest cell that is looked into, in bytes: a long list of addresses.
    static let cellLimit = 4096

    /// Appends the address in lower case, its domain in ASCII.
    ///
    /// - Parameter collapsesSubaddress: whether `name+tag@` becomes `name@` (RFC 5233).
    /// - Returns: nil, or why there is no address, with nothing appended.
    static func append(_ cell: ArraySlice<UInt8>, collapsesSubaddress: Bool, to out: inout [UInt8]) -> HintProblem? {
        let text = cell.isASCII ? cell.trimmed : cell.narrowed[...].trimmed
        guard let problem = EmailSyntax.append(text, collapsesSubaddress: collapsesSubaddress, to: &out) else {
            return nil
        }
        guard text.count <= cellLimit else { return .tooLong }
        guard text.contains(UInt8(ascii: "@")) else { return .noAt }
        var first: HintProblem?
        for candidate in candidates(in: text) where candidate.contains(UInt8(ascii: "@")) {
            let found = EmailSyntax.append(candidate, collapsesSubaddress: collapsesSubaddress, to: &out)
            guard let found else { return nil }
            first = first ?? found
        }
        return first ?? problem
    }

    /// What may be an address in a cell with more in it: what stands in angle brackets first, then piece by piece.
    private static func candidates(in text: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        var candidates: [ArraySlice<UInt8>] = []
        var rest = text
        while let open = rest.firstIndex(of: UInt8(ascii: "<")),
            let close = rest[open...].firstIndex(of: UInt8(ascii: ">"))
        {
            candidates.append(bare(rest[(open + 1)..<close]))
            rest = rest[(close + 1)...]
        }
        for piece in text.split(whereSeparator: isSeparator) { candidates.append(bare(piece)) }
        // A slash may be part of an address, so it parts two of them only where nothing else does.
        guard text.count(where: { $0 == UInt8(ascii: "@") }) > 1 else { return candidates }
        return candidates + text.split(separator: UInt8(ascii: "/")).map(bare)
    }

    /// Without `mailto:` and its query, and without what people leave around an address.
    private static func bare(_ piece: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var text = piece.drop { isWrapping($0) }
        if text.hasPrefix(ignoringCase: "mailto:") {
            text = text.dropFirst(7).prefix { $0 != UInt8(ascii: "?") }
            if text.contains(UInt8(ascii: "%")),
                let plain = String(decoding: text, as: UTF8.self).removingPercentEncoding
            {
                text = Array(plain.utf8)[...]
            }
        }
        text = text.drop { isWrapping($0) }
        while let last = text.last, isWrapping(last) || last == UInt8(ascii: ".") || last == UInt8(ascii: ":") {
            text = text.dropLast()
        }
        return text
    }

    private static func isSeparator(_ byte: UInt8) -> Bool {
        byte <= 0x20 || ";,|()[]<>".utf8.contains(byte)
    }

    private static func isWrapping(_ byte: UInt8) -> Bool { "'\"()[]<>{}`".utf8.contains(byte) }
}
