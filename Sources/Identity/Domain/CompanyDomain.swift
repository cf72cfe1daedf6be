/// The domain that stands for a company: the registrable part of its web address or of its people's addresses.
enum CompanyDomain {
    private static let slash = UInt8(ascii: "/")
    private static let colon = UInt8(ascii: ":")

    /// Longest cell that is looked at, in bytes.
    private static let limit = 4096

    /// Appends the registrable domain out of a URL or a bare host; the first one that counts, where there are several.
    ///
    /// - Returns: nil, or why there is none, with nothing appended.
    static func append(_ cell: ArraySlice<UInt8>, to out: inout [UInt8]) -> HintProblem? {
        let text = cell.isASCII ? cell.trimmed : cell.narrowed[...].trimmed
        guard text.count <= limit else { return .tooLong }
        guard text.contains(where: isSeparator) else { return appendOne(text, to: &out) }
        var first: HintProblem?
        for piece in text.split(whereSeparator: isSeparator) where piece.contains(UInt8(ascii: ".")) {
            guard let problem = appendOne(piece, to: &out) else { return nil }
            first = first ?? problem
        }
        return first ?? .badURL
    }

    private static func isSeparator(_ byte: UInt8) -> Bool {
        byte <= 0x20 || byte == UInt8(ascii: ",") || byte == UInt8(ascii: ";") || byte == UInt8(ascii: "|")
    }

    private static func appendOne(_ text: ArraySlice<UInt8>, to out: inout [UInt8]) -> HintProblem? {
        let (host, hasPath) = host(of: text)
        guard !host.isEmpty else { return .badURL }
        if isIPAddress(host) { return .ipAddress }
        var ascii: [UInt8] = []
        guard Hostname.append(host, to: &ascii) else { return .badDomain }
        guard let length = PublicSuffixList.registrableLength(ascii[...]) else { return .publicSuffix }
        let domain = ascii.suffix(length)
        if let problem = whose(domain) { return problem }
        // A page there is somebody's; the bare domain is the site's own company.
        if hasPath, SharedSites.contains(domain) { return .sharedSite }
        out.append(contentsOf: domain)
        return nil
    }

    /// Appends the registrable domain of a canonical host, unless anybody can have an address there.
    static func append(hostOfEmail host: ArraySlice<UInt8>, to out: inout [UInt8]) {
        guard let length = PublicSuffixList.registrableLength(host), whose(host.suffix(length)) == nil else { return }
        out.append(contentsOf: host.suffix(length))
    }

    private static func whose(_ domain: ArraySlice<UInt8>) -> HintProblem? {
        if FreeMailDomains.contains(domain) { return .freeMail }
        return DisposableDomains.contains(domain) ? .disposable : nil
    }

    /// The host in a URL, with or without scheme, user, port and path; and whether a path follows.
    private static func host(of text: ArraySlice<UInt8>) -> (ArraySlice<UInt8>, hasPath: Bool) {
        var text = text
        if let mark = text.firstIndex(of: colon), text[mark...].starts(with: [colon, slash, slash]) {
            text = text[(mark + 3)...]
        } else if text.starts(with: [slash, slash]) {
            text = text.dropFirst(2)
        } else if text.hasPrefix(ignoringCase: "mailto:") {
            text = text.dropFirst(7)
        }
        let end =
            text.firstIndex {
                $0 == slash || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") || $0 == UInt8(ascii: "\\")
            }
            ?? text.endIndex
        let hasPath = text[end...].contains { $0 != slash }
        text = text[..<end]
        if let user = text.lastIndex(of: UInt8(ascii: "@")) { text = text[(user + 1)...] }
        if text.first != UInt8(ascii: "["), let port = text.lastIndex(of: colon) { text = text[..<port] }
        return (text, hasPath)
    }

    private static func isIPAddress(_ host: ArraySlice<UInt8>) -> Bool {
        host.first == UInt8(ascii: "[") || host.allSatisfy { $0.isASCIIDigit || $0 == UInt8(ascii: ".") || $0 == colon }
    }
}
