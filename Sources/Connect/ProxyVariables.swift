import Foundation

/// The proxy that the environment names for an address, by the rules that curl made common.
///
/// Pure. `HTTPS_PROXY` counts for https and `http_proxy` for http; `ALL_PROXY` for both; small letters come first. In
/// capitals `HTTP_PROXY` is left alone, since a web server may set it from a request's header. `NO_PROXY` lists hosts
/// and domains that are reached directly, `*` all of them.
struct ProxyVariables {
    let environment: [String: String]

    struct Proxy: Equatable, Sendable {
        var host: String
        var port: Int
        var isSOCKS: Bool
        /// Name and password, as they stand in the address.
        var user: String?
        var password: String?
    }

    /// Nil where the address is reached directly.
    func proxy(for address: String) -> Proxy? {
        guard let url = URL(string: address), let host = url.host()?.lowercased(), !isDirect(host) else { return nil }
        let names =
            url.scheme?.lowercased() == "https"
            ? ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] : ["http_proxy", "all_proxy", "ALL_PROXY"]
        let found = names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
        return found.flatMap(Self.parse)
    }

    private static func parse(_ text: String) -> Proxy? {
        guard let url = URL(string: text.contains("://") ? text : "http://" + text), let host = url.host() else {
            return nil
        }
        let isSOCKS = url.scheme?.lowercased().hasPrefix("socks") ?? false
        return Proxy(
            host: host, port: url.port ?? (isSOCKS ? 1080 : 3128), isSOCKS: isSOCKS, user: url.user(),
            password: url.password())
    }

    private func isDirect(_ host: String) -> Bool {
        // This machine is never behind a proxy.
        if host == "localhost" || host == "::1" || host.hasPrefix("127.") { return true }
        let list = environment["no_proxy"] ?? environment["NO_PROXY"] ?? ""
        return list.lowercased().split(whereSeparator: { $0 == "," || $0 == " " }).contains { entry in
            let domain = entry.drop { $0 == "." || $0 == "*" }
            return entry == "*" || !domain.isEmpty && (host == domain || host.hasSuffix("." + domain))
        }
    }
}
