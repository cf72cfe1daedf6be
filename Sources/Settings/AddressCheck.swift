import Foundation

extension Lint {
    /// Notes where a key holds something else than the address of a service.
    package mutating func check(address text: String, key: String) {
        let url = URL(string: text)
        let isKnown = url?.scheme.map { ["http", "https"].contains($0.lowercased()) } ?? false
        guard !isKnown || url?.host()?.isEmpty != false else { return }
        note("\(key) is no address", key: key, hint: "it begins with https:// or http:// and names a host")
    }
}
