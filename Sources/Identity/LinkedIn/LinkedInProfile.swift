import Foundation

/// Addresses of persons' LinkedIn profiles, in one canonical form.
enum LinkedInProfile {
    package static let prefix = Array("https://www.linkedin.com/in/".utf8)

    /// Appends `https://www.linkedin.com/in/slug`.
    ///
    /// - Returns: nil, or why it is no person's profile, with nothing appended.
    static func append(_ cell: ArraySlice<UInt8>, to out: inout [UInt8]) -> HintProblem? {
        let text = cell.trimmed
        guard let path = path(of: text) else { return .badURL }
        var segments = path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: true)
        // A language before the path: linkedin.com/de/in/slug.
        if segments.count >= 3, segments[0].count == 2, isPersonSegment(segments[1]) { segments.removeFirst() }
        guard segments.count >= 2, isPersonSegment(segments[0]) else { return .notAProfile }
        // An old address such as /pub/name/1/2/3 is told from its namesakes only by what follows the name.
        if segments[0].count == 3, segments.count > 2 { return .notAProfile }
        guard let slug = slug(segments[1]) else { return .notAProfile }
        out.append(contentsOf: prefix)
        out.append(contentsOf: slug)
        return nil
    }

    private static func isPersonSegment(_ segment: ArraySlice<UInt8>) -> Bool {
        segment.count == 2 && segment.hasPrefix(ignoringCase: "in")
            || segment.count == 3 && segment.hasPrefix(ignoringCase: "pub")
    }

    /// What follows the host; a bare `in/slug` or `/in/slug` counts as one.
    private static func path(of text: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        let bare = text.drop { $0 == UInt8(ascii: "/") }
        if bare.hasPrefix(ignoringCase: "in/") || bare.hasPrefix(ignoringCase: "pub/") { return untilQuery(bare) }
        var rest = text
        if rest.hasPrefix(ignoringCase: "https://") {
            rest = rest.dropFirst(8)
        } else if rest.hasPrefix(ignoringCase: "http://") {
            rest = rest.dropFirst(7)
        }
        guard let slash = rest.firstIndex(of: UInt8(ascii: "/")) else { return nil }
        let host = rest[..<slash]
        guard host.count >= 12, host.suffix(12).hasPrefix(ignoringCase: "linkedin.com") else { return nil }
        guard host.count == 12 || host[host.endIndex - 13] == UInt8(ascii: ".") else { return nil }
        return untilQuery(rest[(slash + 1)...])
    }

    private static func untilQuery(_ path: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        path.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
    }

    /// The public id in lower case; letters beyond ASCII percent-encoded, since it is part of a URL.
    private static func slug(_ segment: ArraySlice<UInt8>) -> [UInt8]? {
        guard segment.count <= 600 else { return nil }
        if segment.allSatisfy({ $0.isASCIILetterOrDigit || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }) {
            // Member ids are case-sensitive, public ids are not.
            let isMemberID = segment.starts(with: Array("ACo".utf8)) || segment.starts(with: Array("ACw".utf8))
            return isMemberID ? Array(segment) : segment.map(\.asciiLowercased)
        }
        guard let decoded = String(decoding: segment, as: UTF8.self).removingPercentEncoding else { return nil }
        let folded = decoded.precomposedStringWithCanonicalMapping.lowercased()
        guard
            folded.unicodeScalars.allSatisfy({
                $0.properties.isAlphabetic || "0123456789-_'’.".unicodeScalars.contains($0)
                    || $0.properties.numericType != nil || $0.value > 0x7F
            })
        else { return nil }
        return folded.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed).map { Array($0.utf8) }
    }
}
