import HTTPTypes

/// Keeps web pages out of a service that asks for no key.
///
/// A page of any site can have a browser call this machine, and one whose name is made to lead here can read the answers
/// as well: neither is to spend anybody's credits. A key cannot be sent by them, so where one is asked for they are out.
enum WebPages {
    /// - Throws: ``Problem`` where a browser calls for a page, or under a name that is not this machine's.
    static func check(_ head: HTTPRequest) throws {
        guard head.headerFields[.origin] == nil, isThisMachine(head.authority ?? "localhost") else {
            throw Problem.webPage
        }
    }

    /// - Parameter authority: host and port, as the client named them.
    static func isThisMachine(_ authority: String) -> Bool {
        let host =
            authority.hasPrefix("[")
            ? String(authority.dropFirst().prefix { $0 != "]" })
            : String(authority.prefix { $0 != ":" }).lowercased()
        return host == "localhost" || host.hasSuffix(".localhost") || host == "::1"
            || host.wholeMatch(of: /127(\.[0-9]{1,3}){3}/) != nil
    }
}
