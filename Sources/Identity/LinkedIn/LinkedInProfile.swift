import Foundation

/// Addresses of persons' LinkedIn profiles, in one canonical form.
enum LinkedInProfile {
    static let prefix = Array("https://www.linkedin.com/in/".utf8)

    /// Longest cell that is looked at, in bytes.
    private static let limit = 2048
    /// Longest public id, percent-encoded, in bytes.
    private static let slugLimit = 600
    private static let slash = UInt8(ascii: "/")

    /// Appends `https://www.linkedin.com/in/slug`.
    ///
    /// - Returns: nil, or what it is instead of a person's profile, with nothing appended.
    static func append(_ cell: ArraySlice<UInt8>, to out: inout [UInt8]) -> HintProblem? {
        let text = (cell.isASCII ? cell : cell.narrowed[...]).trimmed
        guard text.count <= limit else { return .tooLong }
        if appendPlain(text, to: &out) { return nil }
        guard var path = path(of: text) else { return .badURL }
        if path.hasPrefix(ignoringCase: "in/"), append(plainSlug: path.dropFirst(3), to: &out) { return nil }
        // A link that LinkedIn asks to log in for carries the page itself along.
        if let target = target(of: path) { path = target }
        var segments = path.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
            .split(separator: slash).filter { !$0.isEmpty }
        // A language before the path: linkedin.com/de/in/slug.
        if segments.count >= 3, segments[0].count == 2, isPersonSegment(segments[1]) { segments.removeFirst() }
        // The app and the mobile site: linkedin.com/mwlite/in/slug.
        if segments.count >= 3, segments[0].hasPrefix(ignoringCase: "mwlite") { segments.removeFirst() }
        guard let kind = segments.first else { return .notAProfile }
        guard isPersonSegment(kind) else { return Self.kind(of: kind) }
        guard segments.count >= 2 else { return .notAProfile }
        if kind.count == 3, segments[1].hasPrefix(ignoringCase: "dir"), segments[1].count == 3 { return .otherPage }
        var slug = Array(segments[1])
        // An old address is told from its namesakes by the numbers that follow the name.
        if kind.count == 3, segments.count > 2 {
            guard let modern = modernized(segments) else { return .notAProfile }
            slug = modern
        }
        guard let canonical = Self.slug(slug[...]) else { return .notAProfile }
        out.append(contentsOf: prefix)
        out.append(contentsOf: canonical)
        return nil
    }

    /// The spelling that nearly all exports have: the canonical one, with a slash behind it or not.
    private static func appendPlain(_ text: ArraySlice<UInt8>, to out: inout [UInt8]) -> Bool {
        guard text.count > prefix.count, text.prefix(prefix.count) == prefix[...] else { return false }
        return append(plainSlug: text.dropFirst(prefix.count), to: &out)
    }

    /// A public id that is written as it stands in the canonical form but for its case, with a slash behind it or not.
    private static func append(plainSlug text: ArraySlice<UInt8>, to out: inout [UInt8]) -> Bool {
        let slug = text.last == slash ? text.dropLast() : text
        guard !slug.isEmpty, slug.count <= slugLimit, slug.allSatisfy(isPlain), !isMemberID(slug) else { return false }
        out.append(contentsOf: prefix)
        out.appendLowercased(slug)
        return true
    }

    private static func isPersonSegment(_ segment: ArraySlice<UInt8>) -> Bool {
        segment.count == 2 && segment.hasPrefix(ignoringCase: "in")
            || segment.count == 3 && segment.hasPrefix(ignoringCase: "pub")
    }

    /// What a page is that is no person's, by the first part of its path.
    private static func kind(of segment: ArraySlice<UInt8>) -> HintProblem {
        switch String(decoding: segment.map(\.asciiLowercased), as: UTF8.self) {
        case "company", "companies", "showcase", "organization": .companyPage
        case "school", "edu": .schoolPage
        case "sales", "salesnavigator": .salesNavigator
        case "recruiter", "talent": .recruiterPage
        case "search", "vsearch", "jobs", "groups", "feed", "posts", "pulse", "events", "learning", "newsletters":
            .otherPage
        default: .notAProfile
        }
    }

    /// What follows the host; a bare `in/slug` or `/in/slug` counts as one.
    private static func path(of text: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        let bare = text.drop { $0 == slash }
        if bare.hasPrefix(ignoringCase: "in/") || bare.hasPrefix(ignoringCase: "pub/") { return bare }
        var rest = text
        for scheme in ["https://", "http://", "https:/", "http:/", "//"] as [StaticString]
        where rest.hasPrefix(ignoringCase: scheme) {
            rest = rest.dropFirst(scheme.utf8CodeUnitCount)
            break
        }
        guard let end = rest.firstIndex(of: slash) else { return nil }
        var host = rest[..<end]
        if let port = host.firstIndex(of: UInt8(ascii: ":")) { host = host[..<port] }
        for name in ["linkedin.com", "linkedin.cn"] as [StaticString] {
            let count = name.utf8CodeUnitCount
            guard host.count >= count, host.suffix(count).hasPrefix(ignoringCase: name) else { continue }
            if host.count == count || host[host.endIndex - count - 1] == UInt8(ascii: ".") { return rest[(end + 1)...] }
        }
        return nil
    }

    /// The page behind `authwall?sessionRedirect=…` and `login?session_redirect=…`.
    private static func target(of path: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard let query = path.firstIndex(of: UInt8(ascii: "?")) else { return nil }
        for pair in path[(query + 1)...].split(separator: UInt8(ascii: "&")) {
            guard pair.hasPrefix(ignoringCase: "sessionredirect=") || pair.hasPrefix(ignoringCase: "session_redirect="),
                let mark = pair.firstIndex(of: UInt8(ascii: "=")),
                let link = String(decoding: pair[(mark + 1)...], as: UTF8.self).removingPercentEncoding
            else { continue }
            return self.path(of: Array(link.utf8)[...])
        }
        return nil
    }

    /// `name/a7/576/b50` as `name-b50576a7`, which LinkedIn forwards it to: the numbers from last to first.
    ///
    /// Where one of the later two is shorter than three digits, how it is filled up is not known, and nil is returned.
    private static func modernized(_ segments: [ArraySlice<UInt8>]) -> [UInt8]? {
        guard segments.count >= 5 else { return nil }
        let numbers = segments[2...4]
        guard numbers.allSatisfy({ $0.allSatisfy(\.isASCIILetterOrDigit) }), numbers[2].count <= 3,
            numbers[3].count == 3, numbers[4].count == 3, numbers[4].first != UInt8(ascii: "0")
        else { return nil }
        return Array(segments[1]) + [UInt8(ascii: "-")] + numbers[4] + numbers[3] + numbers[2]
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte.isASCIILetterOrDigit || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }

    /// Member ids (`ACoAA…`) are case-sensitive, public ids are not.
    private static func isMemberID(_ slug: ArraySlice<UInt8>) -> Bool {
        slug.count >= 20 && slug.count <= 60 && slug.starts(with: [0x41, 0x43])
            && slug.dropFirst(3).starts(with: [0x41, 0x41])
    }

    /// The public id in lower case; letters beyond ASCII percent-encoded, since it is part of a URL.
    private static func slug(_ segment: ArraySlice<UInt8>) -> [UInt8]? {
        guard segment.count <= slugLimit else { return nil }
        if segment.allSatisfy(isPlain) { return isMemberID(segment) ? Array(segment) : segment.map(\.asciiLowercased) }
        guard let decoded = String(decoding: segment, as: UTF8.self).removingPercentEncoding else { return nil }
        let folded = decoded.precomposedStringWithCanonicalMapping.lowercased().precomposedStringWithCanonicalMapping
        let visible = folded.unicodeScalars.filter { !$0.isFormat }
        guard !visible.isEmpty,
            visible.allSatisfy({
                $0.properties.isAlphabetic || "0123456789-_'’.".unicodeScalars.contains($0)
                    || $0.properties.numericType != nil || $0.value > 0x9F && !$0.properties.isWhitespace
            })
        else { return nil }
        return String(String.UnicodeScalarView(visible)).addingPercentEncoding(withAllowedCharacters: .urlPathAllowed)
            .map { Array($0.utf8) }
    }
}
