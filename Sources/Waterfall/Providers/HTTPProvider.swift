import AsyncHTTPClient
import Connect
import EnrichmentAPI
import Foundation
import Identity
import Settings

/// A vendor's API, asked by template and read by JSON pointer.
struct HTTPProvider: Provider {
    let name: String
    let channels: ChannelSet
    var askedAtOnce: Int? { settings.callsAtOnce * settings.batch.size }
    private let calls: VendorCalls
    private let settings: HTTPProviderSettings
    private let reader: VendorAnswer
    private let now: @Sendable () -> Date

    init(
        _ settings: ProviderSettings, client: HTTPClient, now: @escaping @Sendable () -> Date,
        goesOn: @escaping @Sendable () -> Bool
    ) {
        self.now = now
        name = settings.name
        channels = settings.given
        self.settings = settings.http
        calls = VendorCalls(client, settings.http, goesOn: goesOn)
        reader = VendorAnswer(settings)
    }

    func find(_ queries: [PersonQuery], channels: ChannelSet) async -> [Finding] {
        var findings = [Finding](repeating: .notAsked, count: queries.count)
        let askable = queries.indices.filter { isAskable(queries[$0].hints) }
        let size = settings.batch.size
        let groups = stride(from: 0, to: askable.count, by: size).map {
            Array(askable[$0..<min($0 + size, askable.count)])
        }
        let found = await groups.mapSideBySide(width: settings.concurrency) { group in
            await ask(group.map { queries[$0].hints })
        }
        for (index, finding) in zip(askable, found.joined()) { findings[index] = finding }
        return findings
    }

    /// Whether something would be sent that says who is meant.
    private func isAskable(_ hints: PersonHints) -> Bool {
        let texts = [settings.url] + settings.headers.values + settings.body.texts + settings.batch.record.texts
        return Template(hints: hints).hasHint(of: texts)
    }

    private func ask(_ people: [PersonHints]) async -> [Finding] {
        settings.batch.size > 1 ? await askTogether(people) : await [askOne(people[0])]
    }

    private func askOne(_ hints: PersonHints) async -> Finding {
        let template = Template(hints: hints)
        let body = settings.body == .null ? nil : template.json(settings.body).flatMap(Self.data)
        switch await calls.call(template, body: body) {
        case nil: return .notAsked
        case .miss: return .nothing
        case .failed(let failure): return .failed(failure)
        case .json(let data):
            let answer = try? JSONSerialization.jsonObject(with: data)
            calls.wasRead(answer != nil)
            guard let answer else { return .failed(.unreadable) }
            return dated(reader.finding(in: answer))
        }
    }

    /// A vendor that does not say when it last confirmed a value confirms it now.
    private func dated(_ finding: Finding) -> Finding {
        guard case .person(var profile) = finding, profile.updatedAt.isEmpty else { return finding }
        profile.updatedAt = now().formatted(.iso8601)
        return .person(profile)
    }

    private func askTogether(_ people: [PersonHints]) async -> [Finding] {
        let records = people.compactMap { Template(hints: $0).json(settings.batch.record) }
        // Address and header fields of a call for several people cannot depend on any of them.
        let template = Template(hints: PersonHints())
        guard records.count == people.count,
            let body = template.json(settings.body, records: records).flatMap(Self.data)
        else { return people.map { _ in .notAsked } }
        switch await calls.call(template, body: body) {
        case nil: return people.map { _ in .notAsked }
        case .miss: return people.map { _ in .nothing }
        case .failed(let failure): return people.map { _ in .failed(failure) }
        case .json(let data):
            let answer = try? JSONSerialization.jsonObject(with: data)
            let list = answer.flatMap { JSONPointer(settings.batch.results).value(in: $0) as? [Any] }
            calls.wasRead(list?.count == people.count)
            guard let list, list.count == people.count else { return people.map { _ in .failed(.unreadable) } }
            return list.map { dated(reader.finding(in: $0)) }
        }
    }

    private static func data(_ body: Any) -> Data? {
        try? JSONSerialization.data(withJSONObject: body, options: [.sortedKeys, .fragmentsAllowed])
    }
}

/// Reads a vendor's answer for one person.
///
/// Pure.
struct VendorAnswer: Sendable {
    private let channels: [(channel: Channel, pointer: JSONPointer)]
    private let miss: (pointer: JSONPointer, values: [String])?
    private let confidence: JSONPointer?
    private let scale: Double
    private let otherwise: Double
    private let updatedAt: JSONPointer?
    private let region: Region?

    init(_ settings: ProviderSettings) {
        let http = settings.http
        channels = settings.given.map { ($0, JSONPointer(settings.channels[$0])) }
        miss = http.miss.pointer.isEmpty ? nil : (JSONPointer(http.miss.pointer), http.miss.values)
        confidence = http.confidence.isEmpty ? nil : JSONPointer(http.confidence)
        scale = Double(http.confidenceScale)
        otherwise = settings.confidence
        region = settings.region
        updatedAt = http.updatedAt.isEmpty ? nil : JSONPointer(http.updatedAt)
    }

    func finding(in answer: Any) -> Finding {
        if let miss, let value = miss.pointer.value(in: answer), miss.values.contains(JSONPointer.text(value)) {
            return .nothing
        }
        var values = ChannelMap<String>()
        for (channel, pointer) in channels {
            values[channel] = pointer.value(in: answer).flatMap {
                Canonical.value(JSONPointer.text($0), channel, region: region)
            }
        }
        guard !values.isEmpty else { return .nothing }
        let sure = confidence?.value(in: answer).flatMap { Confidence.share(JSONPointer.text($0), scale: scale) }
        return .person(
            Finding.Profile(
                values: values, confidence: sure ?? otherwise,
                updatedAt: updatedAt?.value(in: answer).map(JSONPointer.text) ?? ""))
    }
}
