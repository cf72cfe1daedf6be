import AsyncHTTPClient
import Connect
import EnrichmentAPI
import Foundation
import Settings

/// A vendor's API for companies.
struct AccountVendor: AccountProvider {
    let name: String
    let price: Credits
    var askedAtOnce: Int? { settings.callsAtOnce }
    private let calls: VendorCalls
    private let settings: HTTPProviderSettings
    private let fields: [(field: String, pointer: JSONPointer)]

    init(_ settings: AccountProviderSettings, client: HTTPClient, goesOn: @escaping @Sendable () -> Bool) {
        (name, price) = (settings.name, settings.price)
        self.settings = settings.http
        calls = VendorCalls(client, settings.http, goesOn: goesOn)
        fields = settings.fields.sorted { $0.key < $1.key }.map { ($0.key, JSONPointer($0.value)) }
    }

    func find(domains: [String]) async -> [AccountFinding] {
        await domains.mapSideBySide(width: settings.concurrency) { await find($0) }
    }

    private func find(_ domain: String) async -> AccountFinding {
        let template = Template(hints: PersonHints(companyDomain: domain))
        let body =
            settings.body == .null
            ? nil : template.json(settings.body).flatMap { try? JSONSerialization.data(withJSONObject: $0) }
        switch await calls.call(template, body: body) {
        case nil, .miss: return .nothing
        case .failed(let why): return .failed(why)
        case .json(let data):
            let answer = try? JSONSerialization.jsonObject(with: data)
            calls.wasRead(answer != nil)
            guard let answer else { return .failed(.unreadable) }
            return finding(in: answer)
        }
    }

    private func finding(in answer: Any) -> AccountFinding {
        if !settings.miss.pointer.isEmpty,
            let value = JSONPointer(settings.miss.pointer).value(in: answer),
            settings.miss.values.contains(JSONPointer.text(value))
        {
            return .nothing
        }
        let found = fields.compactMap { field, pointer -> (String, String)? in
            guard let value = pointer.value(in: answer) else { return nil }
            let text =
                (value as? [Any]).map { $0.map(JSONPointer.text).joined(separator: ";") } ?? JSONPointer.text(value)
            return text.isEmpty ? nil : (field, text)
        }
        return AccountFinding(Dictionary(found, uniquingKeysWith: { $1 }))
    }
}
