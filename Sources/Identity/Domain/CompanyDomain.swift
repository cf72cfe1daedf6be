/// The domain that stands for a company: the registrable part of its web address or of its people's addresses.
enum CompanyDomain {
    /// Appends the registrable domain out of a URL or a bare host.
    ///
    /// - Returns: nil, or why there is none, with nothing appended.
    static func append(_ cell: ArraySlice<UInt8>, to out: inout [UInt8]) -> HintProblem? {
        let host = host(of: cell)
        guard !host.isEmpty else { return .badURL }
        if isIPAddress(host) { return .ipAddress }
        var ascii: [UInt8] = []
        guard Hostname.append(host, to: &ascii) else { return .badDomain }
        guard let length = PublicSuffixList.registrableLength(ascii[...]) else { return .publicSuffix }
        if FreeMailDomains.contains(ascii.suffix(length)) { return .freeMail }
        out.append(contentsOf: ascii.suffix(length))
        return nil
    }

    /// Appends the registrable domain of a canonical host, unless it belongs to a mail provider for everybody.
    static func append(hostOfEmail host: ArraySlice<UInt8>, to out: inout [UInt8]) {
        guard let length = PublicSuffixList.registrableLength(host), !FreeMailDomains.contains(host.suffix(length))
        else { return }
        out.append(contentsOf: host.suffix(length))
    }

    /// The host in a URL, with or without scheme, user, port and path.
    private static func host(of cell: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let slash = UInt8(ascii: "/"), colon = UInt8(ascii: ":")
        var text = cell.trimmed
        if let mark = text.firstIndex(of: colon), text[mark...].starts(with: [colon, slash, slash]) {
            text = text[(mark + 3)...]
        } else if text.starts(with: [slash, slash]) {
            text = text.dropFirst(2)
        }
        text = text.prefix {
            $0 != slash && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") && $0 != UInt8(ascii: "\\")
        }
        if let user = text.lastIndex(of: UInt8(ascii: "@")) { text = text[(user + 1)...] }
        if text.first != UInt8(ascii: "["), let port = text.lastIndex(of: colon) { text = text[..<port] }
        return text
    }

    private static func isIPAddress(_ host: ArraySlice<UInt8>) -> Bool {
        host.first == UInt8(ascii: "[") || host.allSatisfy { $0.isASCIIDigit || $0 == UInt8(ascii: ".") }
    }
}
