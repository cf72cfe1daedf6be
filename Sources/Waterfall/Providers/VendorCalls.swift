import AsyncHTTPClient
import Connect
import EnrichmentAPI
import Foundation
import NIOCore
import NIOHTTP1
import Records

/// Calls to one vendor: how they are made, how many at once, how many a minute.
struct VendorCalls: Sendable {
    private let client: HTTPClient
    private let settings: HTTPProviderSettings
    private let pacer: CallPacer
    private let circuit = SharedOutageCircuit()
    /// Whether calls may leave yet: whoever is being stopped does not wait for a vendor's minute.
    private let goesOn: @Sendable () -> Bool

    private static let answerLimit = 4 << 20
    /// Calls that may wait: nobody would wait for one more.
    private static let longestLine = 256
    /// Tries of a call that is one too many for the vendor at the time.
    private static let mostTries = 3
    /// How long a vendor is left alone that does not say for how long.
    private static let pause = Duration.seconds(1)

    init(_ client: HTTPClient, _ settings: HTTPProviderSettings, goesOn: @escaping @Sendable () -> Bool) {
        self.client = client
        self.goesOn = goesOn
        self.settings = settings
        pacer = CallPacer(
            width: settings.concurrency, perMinute: settings.perMinute, longestLine: Self.longestLine)
    }

    /// What came back.
    enum Answer: Sendable {
        case json(Data)
        /// A status that means that nobody was found.
        case miss
        case failed(ProviderFailure.Why)
    }

    /// One call.
    ///
    /// Only one that the vendor turns away for being too many is tried again, where that fits into its time-out; while a
    /// vendor is down, calls fail at once.
    ///
    /// - Parameters:
    ///   - template: with the hints for address and header fields.
    ///   - body: JSON; nil for none.
    /// - Returns: nil where address or header fields need a hint that is missing.
    func call(_ template: Template, body: Data?) async -> Answer? {
        guard let url = template.url(settings.url) else { return nil }
        var call = HTTPClientRequest(url: url)
        call.method = settings.method == .get ? .GET : .POST
        call.headers.add(name: "user-agent", value: Millrace.userAgent)
        call.headers.add(name: "accept", value: "application/json")
        if let body {
            call.headers.add(name: "content-type", value: "application/json")
            call.body = .bytes(ByteBuffer(bytes: body))
        }
        for (name, value) in settings.headers {
            guard let field = template.field(value) else { return nil }
            call.headers.replaceOrAdd(name: name, value: field)
        }
        return await send(call)
    }

    /// To be called of each answer that came as JSON.
    func wasRead(_ isReadable: Bool) {
        if isReadable { circuit.succeeded() } else { circuit.failed(ProviderFailure.Why.unreadable.rawValue) }
    }

    private func send(_ call: HTTPClientRequest) async -> Answer {
        var waited = Duration.zero
        for _ in 1...Self.mostTries {
            // Asked when it is its turn: those in line learn that the vendor is down from those before them.
            switch await pacer.pass(
                unless: { circuit.isOpen || !goesOn() }, { circuit.mayAsk() ? await sendOnce(call) : skipped })
                ?? skipped
            {
            case .answer(let answer):
                if case .json = answer { return answer }
                circuit.succeeded()
                return answer
            case .down(let why):
                circuit.failed(why.rawValue)
                return .failed(why)
            case .skipped(let why): return .failed(why)
            case .tooMany(let after):
                waited += after
                guard waited < settings.timeout else {
                    circuit.leaveAlone(for: after / .seconds(1), ProviderFailure.Why.unavailable.rawValue)
                    return .failed(.unavailable)
                }
                await pacer.hold(for: after)
            }
        }
        return tooManyTimes()
    }

    private func tooManyTimes() -> Answer {
        circuit.failed(ProviderFailure.Why.unavailable.rawValue)
        return .failed(.unavailable)
    }

    /// For the same reason as whoever was asked last, since that is why nobody is asked now.
    private var skipped: Reply { .skipped(goesOn() ? .init(rawValue: circuit.why) ?? .unavailable : .stopped) }

    private enum Reply: Sendable {
        case answer(Answer)
        /// A failure that tells of the vendor itself, and not of whom it was asked for.
        case down(ProviderFailure.Why)
        /// The vendor is down, so it was not asked.
        case skipped(ProviderFailure.Why)
        /// Turned away; `after` is how long the vendor wants to be left alone.
        case tooMany(after: Duration)
    }

    private func sendOnce(_ call: HTTPClientRequest) async -> Reply {
        let deadline = NIODeadline.now() + .nanoseconds(Int64(settings.timeout.inNanoseconds))
        do {
            let response = try await client.execute(call, deadline: deadline)
            let status = Int(response.status.code)
            // The body is read in any case, so that the connection can be kept.
            let body = try await response.body.collect(upTo: Self.answerLimit)
            if settings.miss.status.contains(String(status)) { return .answer(.miss) }
            switch status {
            case 200..<300: return .answer(.json(Data(body.readableBytesView)))
            case 429:
                let seconds = response.headers.first(name: "retry-after").flatMap(Double.init) ?? -1
                return .tooMany(after: (0...86_400).contains(seconds) ? .seconds(seconds) : Self.pause)
            case 401...403, 407: return .down(.refused)
            case 500...: return .down(.unavailable)
            default: return .answer(.failed(.refused))
            }
        } catch let error as HTTPClientError where error == .deadlineExceeded || error == .readTimeout {
            return .down(.timeout)
        } catch is NIOTooManyBytesError {
            return .down(.unreadable)
        } catch {
            return .down(.unavailable)
        }
    }
}
