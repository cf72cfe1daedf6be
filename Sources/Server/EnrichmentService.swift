package import Connect
import EnrichmentAPI
import Foundation
import HTTPTypes
package import Hummingbird
package import Ledger
import NIOCore
import Records
package import Waterfall

/// The way of a call, from top to bottom.
///
///     request ──▶ Keyring          who calls, and whether the key opens this call          Caller
///             ──▶ CallBody         what is asked, checked and canonical
///             ──▶ ReplayDesk       the same Idempotency-Key has the same answer
///             ──▶ Rehearsal        what a service does that misbehaves, where that is played
///             ──▶ Admission        the workspace's limits                                   CallWindows.Standing
///             ──▶ Enrichment       known, or asked of the waterfall, verified, charged      Answer
///             ──▶ AccessLog, ServiceMetrics
///
/// A charge is on the disk before its client is told of it. What was answered is not charged again, so a client that
/// never got its answer asks once more and pays once.
package struct EnrichmentService: Sendable {
    private let ledger: ServiceLedger
    private let keyring: Keyring
    private let admission: Admission
    private let enrichment: Enrichment
    private let replays: ReplayDesk
    private let rehearsal: Rehearsal
    private let emails: EmailCheck
    private let settings: ServeSettings
    let metrics = ServiceMetrics()
    private let use: ProviderUseBook?
    private let log: AccessLog
    private let now: @Sendable () -> Double

    /// What a service is made of.
    package struct Parts: Sendable {
        package var ledger: ServiceLedger
        package var source: any AnswerSource
        /// The workspace's webhook; nil where emails are not verified.
        package var verifier: (any EmailVerifier)?
        /// What is asked of providers; nil where answers are made up.
        package var use: ProviderUseBook?
        package var rehearsal: Rehearsal
        /// Whom nobody may ask for; nil where that is nobody.
        package var forgotten: ForgottenPeople?
        /// Whether anybody may call without a key; only where nobody else can reach it.
        package var isOpen: Bool
        package var log: AccessLog
        package var now: @Sendable () -> Double

        package init(
            ledger: ServiceLedger, source: any AnswerSource, verifier: (any EmailVerifier)? = nil,
            use: ProviderUseBook? = nil, rehearsal: Rehearsal = Rehearsal(), forgotten: ForgottenPeople? = nil,
            isOpen: Bool, log: AccessLog = .off,
            now: @escaping @Sendable () -> Double = { Date().timeIntervalSince1970 }
        ) {
            self.ledger = ledger
            self.source = source
            self.verifier = verifier
            self.use = use
            self.rehearsal = rehearsal
            self.forgotten = forgotten
            self.isOpen = isOpen
            self.log = log
            self.now = now
        }
    }

    package init(_ parts: Parts, settings: ServeSettings) async throws {
        self.settings = settings
        ledger = parts.ledger
        log = parts.log
        use = parts.use
        now = parts.now
        rehearsal = parts.rehearsal
        keyring = Keyring(parts.ledger, open: parts.isOpen ? settings.workspace : nil, now: parts.now)
        admission = Admission(settings.limits)
        admission.recall(
            try await parts.ledger.recentCalls(within: settings.limits.day.inSeconds, now: parts.now()))
        enrichment = Enrichment(
            ledger: parts.ledger, source: parts.source, settlements: SettlementQueue(parts.ledger),
            verification: parts.verifier.map {
                Verification(
                    verifier: $0, channels: settings.verify?.channels ?? [.workEmail, .personalEmail],
                    concurrency: settings.verify?.concurrency ?? 8)
            },
            forgotten: parts.forgotten.map(ForgottenGuard.init),
            goodFor: (settings.refreshAfter.inSeconds, settings.retryMissesAfter.inSeconds), now: parts.now)
        replays = ReplayDesk(parts.ledger, now: parts.now)
        emails = EmailCheck(settings.mx)
    }

    /// Takes out of the ledger what no limit and no answer needs any more.
    package func forgetOld() async throws {
        _ = try await ledger.recentCalls(within: settings.limits.day.inSeconds, now: now())
    }

    /// All paths of the service.
    package func router() -> Router<BasicRequestContext> {
        let router = Router(options: .autoGenerateHeadEndpoints)
        router.add(middleware: UnknownCalls(methods: Self.methods))
        for endpoint in Endpoint.allCases {
            router.post(RouterPath(endpoint.path)) { request, _ in await answer(request, endpoint) }
        }
        router.post("verify") { request, _ in await verify(request) }
        router.get("healthz") { _, _ in Self.text("ok\n", "text/plain; charset=utf-8") }
        router.get("metrics") { request, _ in
            do {
                try await keyring.keepOut(request.head)
            } catch {
                return Self.problem(error).response
            }
            return Self.text(metrics.text(use?.total ?? []), "text/plain; version=0.0.4; charset=utf-8")
        }
        router.get("openapi.json") { _, _ in Self.text(OpenAPI(settings.limits).json, "application/json") }
        return router
    }

    private static let methods: [String: HTTPRequest.Method] = Dictionary(
        uniqueKeysWithValues: Endpoint.allCases.map { (String($0.path.drop { $0 == "/" }), .post) } + [
            ("verify", .post), ("healthz", .get), ("metrics", .get), ("openapi.json", .get),
        ])

    private static func text(_ text: String, _ type: String) -> Response {
        Response(
            status: .ok, headers: [.contentType: type], body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    // MARK: People and companies

    private func answer(_ request: Request, _ endpoint: Endpoint) async -> Response {
        let started = ContinuousClock.now
        var entry = CallEntry(call: endpoint.rawValue)
        let response: Response
        do {
            response = try await answer(request, endpoint, &entry)
        } catch {
            response = Self.problem(error).response
        }
        close(&entry, response.status, started)
        return response
    }

    private func answer(_ request: Request, _ endpoint: Endpoint, _ entry: inout CallEntry) async throws -> Response {
        let arrivedAt = now()
        let caller = try await keyring.caller(request.head, for: .enrich)
        (entry.workspace, entry.key) = (caller.workspace, caller.keyID)
        let data = try await collect(request)
        let body = try CallBody(data, endpoint: endpoint, most: settings.limits.chunk)
        entry.records = max(1, body.records.count)
        let claim = try await replays.claim(request.headers, endpoint, data, caller)
        if case .replay(let replay) = claim {
            return Self.response(Array(replay.body), credits: replay.credits, HTTPFields(), status: replay.status)
        }
        defer { replays.release(claim) }
        let play = rehearsal.next(endpoint)
        if let problem = play?.problemBefore { throw problem }
        let fields = LimitFields(limits: settings.limits)
        let standing: CallWindows.Standing
        switch admission.admit(Quota.Kind(endpoint), workspace: caller.workspace) {
        case .go(let left): standing = left
        case .wait(let seconds, let left): throw fields.refusal(after: seconds, left)
        }
        let answer: Enrichment.Answer
        do {
            answer =
                endpoint == .account
                ? try await enrichment.company(body, caller, arrivedAt: arrivedAt)
                : try await enrichment.people(body, endpoint, caller, arrivedAt: arrivedAt)
        } catch {
            // The call counts, so its client is told what is left.
            var problem = Self.problem(error)
            problem.headers.append(contentsOf: fields.fields(standing))
            throw problem
        }
        (entry.credits, entry.found) = (answer.credits, answer.found)
        // It is charged; where this cannot be kept, the same question is answered from what is known.
        try? await replays.keep(claim, caller, body: answer.body, credits: answer.credits)
        if let play { return try await play.spoil(answer.body) }
        return Self.response(answer.body, credits: answer.credits, fields.fields(standing))
    }

    private func collect(_ request: Request) async throws -> Data {
        // Said at once, and not after all of it has come.
        let length = request.headers[.contentLength].flatMap { Int($0) } ?? 0
        guard length <= settings.maxBody else { throw Problem.tooLong }
        if let coding = request.headers[.contentEncoding], coding.lowercased() != "identity" { throw Problem.encoded }
        var request = request
        do {
            return Data(try await request.collectBody(upTo: settings.maxBody).readableBytesView)
        } catch is NIOTooManyBytesError {
            throw Problem.tooLong
        } catch let error as HTTPError where error.status == .contentTooLarge {
            throw Problem.tooLong
        } catch {
            throw Problem.abandoned
        }
    }

    private static func response(_ body: [UInt8], credits: Credits, _ fields: HTTPFields, status: Int = 200) -> Response
    {
        var headers = fields
        headers[.contentType] = "application/json"
        if let name = creditsUsed { headers[name] = "\(credits)" }
        return Response(
            status: .init(code: status), headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }

    private static let creditsUsed = HTTPField.Name("X-Credits-Used")

    // MARK: Emails

    private func verify(_ request: Request) async -> Response {
        let started = ContinuousClock.now
        var entry = CallEntry(call: "verify")
        let response: Response
        do {
            let data = try await collect(request)
            // A webhook is signed and has no key; whoever knows the secret is let in.
            if !settings.isSigned(request.headers, data, now: now()) {
                if settings.mayBeSigned(request.headers) { throw Problem.signature }
                let caller = try await keyring.caller(request.head, for: .verify)
                (entry.workspace, entry.key) = (caller.workspace, caller.keyID)
            }
            guard let question = try? JSONDecoder().decode(EmailCheck.Question.self, from: data) else {
                throw Problem.badRequest("Send {\"email\": …}.")
            }
            let verdict = await emails.verdict(on: question.email)
            entry.found = verdict.valid ? 1 : 0
            response = Self.response(Array(verdict.json), credits: .zero, HTTPFields())
        } catch {
            response = Self.problem(error).response
        }
        close(&entry, response.status, started)
        return response
    }

    // MARK: What is noted

    private static func problem(_ error: any Error) -> Problem {
        switch error {
        case let problem as Problem: problem
        case is Diagnostic: .ledgerFailed
        default: .ourFault
        }
    }

    private func close(_ entry: inout CallEntry, _ status: HTTPResponse.Status, _ started: ContinuousClock.Instant) {
        entry.status = Int(status.code)
        entry.seconds = (ContinuousClock.now - started) / .seconds(1)
        metrics.count(entry)
        log.write(entry)
    }
}
