import EnrichmentAPI
import Foundation
import Records

/// What the service can be asked, for programs that read OpenAPI 3.1.
struct OpenAPI {
    let limits: ServiceLimits

    init(_ limits: ServiceLimits) { self.limits = limits }

    private typealias Object = [String: Any]

    var json: String {
        let document: Object = [
            "openapi": "3.1.0",
            "info": [
                "title": "Enrichment API", "version": Millrace.version,
                "description": "Contact channels and firmographics for people and companies, for credits.",
                "license": ["name": "Apache-2.0", "identifier": "Apache-2.0"],
            ],
            "security": [["key": [String]()]],
            "paths": paths,
            "components": [
                "securitySchemes": ["key": ["type": "http", "scheme": "bearer"]], "schemas": schemas,
                "headers": [
                    "RateLimit": header("What is left of each limit."),
                    "RateLimit-Policy": header("The limits."),
                    "Retry-After": header("Seconds to wait."),
                    "X-Credits-Used": header("What the call was charged."),
                ],
            ],
        ]
        let data = try? JSONSerialization.data(
            withJSONObject: document, options: [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes])
        return data.map { String(decoding: $0, as: UTF8.self) + "\n" } ?? ""
    }

    // MARK: Calls

    private var paths: Object {
        [
            Endpoint.single.path: call(
                "Enrich one person", "SingleRequest", answers: schema("PersonResult"),
                "By email, LinkedIn URL or company domain. The same person and channels again are free."),
            Endpoint.discover.path: call(
                "Find a person by name and company", "DiscoverRequest", answers: schema("PersonResult"),
                "Dearer than by email or profile."),
            Endpoint.account.path: call(
                "Enrich a company", "AccountRequest", answers: schema("AccountResult"), "Firmographics by domain.",
                more: ["404": problem("Nobody knows the company.")]),
            Endpoint.bulk.path: call(
                "Enrich up to \(limits.chunk) people", "BulkRequest",
                answers: ["type": "array", "items": schema("PersonResult")], "One result for each record, in order."),
            "/verify": [
                "post": [
                    "summary": "Check an email", "operationId": "verify",
                    "requestBody": body("VerifyRequest"),
                    "responses": [
                        "200": answer("What can be said of it.", schema("Verdict")),
                        "400": problem("The body cannot be read."), "401": problem("A key is needed."),
                        "403": problem("A web page calls, and no key is asked for."),
                        "413": problem("The body is too long."), "415": problem("The body is encoded."),
                    ],
                ]
            ],
            "/healthz": ["get": plain("Whether the service is up", "health", "text/plain")],
            "/metrics": ["get": plain("Prometheus metrics", "metrics", "text/plain")],
            "/openapi.json": ["get": plain("This document", "openapi", "application/json")],
        ]
    }

    private func call(
        _ summary: String, _ request: String, answers: Object, _ description: String, more: Object = [:]
    ) -> Object {
        var responses: Object = [
            "200": answer(
                "Answered and charged.", answers,
                headers: [
                    "RateLimit": component("RateLimit"), "RateLimit-Policy": component("RateLimit-Policy"),
                    "X-Credits-Used": component("X-Credits-Used"),
                ]),
            "400": problem("The body cannot be read."), "401": problem("The key is missing or not accepted."),
            "403": problem("The key does not open this call; or a web page calls, and no key is asked for."),
            "409": problem("The Idempotency-Key is being answered."), "413": problem("The body is too long."),
            "415": problem("The body is encoded."),
            "422": problem("The request cannot be answered."),
            "429": problem(
                "Too many calls.",
                headers: [
                    "Retry-After": component("Retry-After"), "RateLimit": component("RateLimit"),
                    "RateLimit-Policy": component("RateLimit-Policy"),
                ]),
            "503": problem("The answer could not be written down."),
        ]
        responses.merge(more) { $1 }
        return [
            "post": [
                "summary": summary, "description": description,
                "operationId": request.prefix(1).lowercased() + request.dropFirst().dropLast("Request".count),
                "parameters": [
                    [
                        "name": "Idempotency-Key", "in": "header", "required": false,
                        "schema": ["type": "string", "maxLength": 255],
                    ]
                ],
                "requestBody": body(request), "responses": responses,
            ]
        ]
    }

    private func plain(_ summary: String, _ id: String, _ type: String) -> Object {
        [
            "summary": summary, "operationId": id, "security": [Object](),
            "responses": ["200": ["description": summary, "content": [type: ["schema": Object()]]]],
        ]
    }

    private func body(_ name: String) -> Object {
        ["required": true, "content": ["application/json": ["schema": schema(name)]]]
    }

    private func answer(_ description: String, _ schema: Object, headers: Object = [:]) -> Object {
        ["description": description, "content": ["application/json": ["schema": schema]], "headers": headers]
    }

    private func problem(_ description: String, headers: Object = [:]) -> Object {
        [
            "description": description, "content": ["application/problem+json": ["schema": schema("Problem")]],
            "headers": headers,
        ]
    }

    private func header(_ description: String) -> Object {
        ["description": description, "schema": ["type": "string"]]
    }

    private func component(_ header: String) -> Object { ["$ref": "#/components/headers/\(header)"] }
    private func schema(_ name: String) -> Object { ["$ref": "#/components/schemas/\(name)"] }

    // MARK: Values

    private var schemas: Object {
        let names = Channel.allCases.map(\.rawValue)
        let channels: Object = [
            "type": "array", "minItems": 1, "items": ["enum": names], "description": "All where it is absent.",
        ]
        let hints: Object = [
            "email": text("ada@company.example"), "linkedin_url": text("https://www.linkedin.com/in/ada"),
            "company_domain": text("company.example"), "first_name": text("Ada"), "last_name": text("Quux"),
        ]
        let anyHint = ["email", "linkedin_url", "company_domain"].map { ["required": [$0]] }
        let force: Object = ["type": "boolean", "default": false, "description": "Goes round what is known."]
        return [
            "PersonHints": ["type": "object", "properties": hints, "anyOf": anyHint],
            "SingleRequest": object(
                hints.merging(["channels": channels, "force": force]) { $1 }, more: ["anyOf": anyHint]),
            "DiscoverRequest": object(
                [
                    "first_name": text("Ada"), "last_name": text("Quux"), "company_domain": text("company.example"),
                    "channels": channels, "force": force,
                ], required: ["first_name", "last_name", "company_domain"]),
            "AccountRequest": object(["domain": text("company.example"), "force": force], required: ["domain"]),
            "BulkRequest": object(
                [
                    "records": [
                        "type": "array", "minItems": 1, "maxItems": limits.chunk, "items": schema("PersonHints"),
                    ], "channels": channels, "force": force,
                ], required: ["records"]),
            "VerifyRequest": object(["email": text("ada@company.example")], required: ["email"]),
            "PersonResult": object(
                [
                    "record_id": ["type": "string"], "credits_used": ["type": "number", "minimum": 0],
                    "channels": object(
                        Dictionary(uniqueKeysWithValues: names.map { ($0, schema("ChannelResult") as Any) }),
                        more: ["additionalProperties": false]),
                ], required: ["record_id", "channels", "credits_used"]),
            "ChannelResult": ["oneOf": [schema("Found"), schema("Missed")]],
            "Found": object(
                [
                    "value": ["type": "string"], "source": ["type": "string"],
                    "confidence": ["type": "number", "minimum": 0, "maximum": 1], "enriched_at": ["type": "string"],
                    "verified": ["type": "boolean"],
                ], required: ["value", "source", "confidence", "enriched_at"]),
            "Missed": object(
                [
                    "value": ["type": "null"],
                    "tried_providers": ["type": "array", "items": ["type": "string"]],
                ], required: ["value"]),
            "AccountResult": object(
                [
                    "account_id": ["type": "string"], "credits_used": ["type": "number", "minimum": 0],
                    "fields": object(
                        Dictionary(uniqueKeysWithValues: AccountResult.knownFields.map { ($0, Object() as Any) })),
                ], required: ["account_id", "fields", "credits_used"]),
            "Verdict": object(
                [
                    "valid": ["type": "boolean"], "reason": ["type": "string"], "role": ["type": "boolean"],
                    "disposable": ["type": "boolean"], "mx": ["type": "boolean"],
                ], required: ["valid", "reason", "role", "disposable"]),
            "Problem": object(
                [
                    "type": ["type": "string"], "title": ["type": "string"], "status": ["type": "integer"],
                    "detail": ["type": "string"],
                ], required: ["type", "title", "status", "detail"]),
        ]
    }

    private func text(_ example: String) -> Object { ["type": "string", "examples": [example]] }

    private func object(_ properties: Object, required: [String] = [], more: Object = [:]) -> Object {
        var object: Object = ["type": "object", "properties": properties]
        if !required.isEmpty { object["required"] = required }
        return object.merging(more) { $1 }
    }
}
