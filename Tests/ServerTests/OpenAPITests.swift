import EnrichmentAPI
import Foundation
import TestSupport
import Testing
@testable import Server

/// The description is true: requests made from it are answered, and answers are as it says.
@Suite struct OpenAPITests {
    private typealias Object = [String: Any]

    private func document(_ client: ServiceUnderTest.Client) async throws -> SchemaDocument {
        let answer = try await client.get("/openapi.json")
        return SchemaDocument(root: try answer.json())
    }

    @Test func everyCallIsAnsweredAsItIsDescribed() async throws {
        let service = try ServiceUnderTest()
        try await service.serving { (client) async throws -> Void in
            let document = try await document(client)
            #expect(document.root["openapi"] as? String == "3.1.0")
            let paths = try #require(document.root["paths"] as? [String: Object])
            #expect(Set(Endpoint.allCases.map(\.path)).isSubset(of: paths.keys))
            for (path, item) in paths {
                for (method, operation) in item.compactMapValues({ $0 as? Object }) {
                    let responses = try #require(operation["responses"] as? [String: Object])
                    for example in document.requests(of: operation) {
                        let body = String(decoding: try JSONSerialization.data(withJSONObject: example), as: UTF8.self)
                        let answer =
                            method == "post" ? try await client.post(path, body) : try await client.get(path)
                        let described = try #require(responses["\(answer.status)"], "\(path) \(answer.status)")
                        let type = answer.fields["content-type"]?.prefix { $0 != ";" } ?? ""
                        let content = try #require(described["content"] as? [String: Object])
                        let schema = try #require(content[String(type)]?["schema"] as? Object, "\(path) \(type)")
                        guard type.hasSuffix("json") else { continue }
                        let value = try JSONSerialization.jsonObject(with: answer.body)
                        let faults = document.faults(of: value, schema, at: path)
                        #expect(faults.isEmpty, "\(faults) in \(answer.text)")
                        for name in (described["headers"] as? Object ?? [:]).keys {
                            #expect(answer.fields[name.lowercased()] != nil, "\(path) \(answer.status) lacks \(name)")
                        }
                    }
                }
            }
        }
    }

    /// The validator itself finds what is wrong.
    @Test func whatIsNotAsDescribedIsNoticed() async throws {
        let service = try ServiceUnderTest()
        try await service.serving { (client) async throws -> Void in
            let document = try await document(client)
            let schema: Object = ["$ref": "#/components/schemas/PersonResult"]
            let good: Object = ["record_id": "r", "credits_used": 1, "channels": ["phone": ["value": NSNull()]]]
            #expect(document.faults(of: good, schema, at: "").isEmpty)
            let bad: [Object] = [
                ["record_id": "r", "channels": Object()], good.merging(["record_id": 7]) { $1 },
                good.merging(["credits_used": -1]) { $1 }, good.merging(["channels": ["fax": Object()]]) { $1 },
                good.merging(["channels": ["phone": ["value": "x"]]]) { $1 },
            ]
            for value in bad {
                let read = try JSONSerialization.jsonObject(with: JSONSerialization.data(withJSONObject: value))
                #expect(!document.faults(of: read, schema, at: "").isEmpty, "\(value)")
            }
        }
    }
}

/// As much of JSON Schema 2020-12 as the description uses.
struct SchemaDocument {
    let root: [String: Any]

    private func resolved(_ schema: [String: Any]) -> [String: Any] {
        guard let reference = schema["$ref"] as? String else { return schema }
        let value = reference.split(separator: "/").dropFirst().reduce(root as Any?) {
            ($0 as? [String: Any])?[String($1)]
        }
        return resolved(value as? [String: Any] ?? ["not": [String: Any]()])
    }

    /// A request as the schema asks for, one that lacks everything, and nothing for calls without a body.
    func requests(of operation: [String: Any]) -> [Any] {
        guard let body = operation["requestBody"] as? [String: Any],
            let content = (body["content"] as? [String: [String: Any]])?["application/json"],
            let schema = content["schema"] as? [String: Any]
        else { return [[String: Any]()] }
        return [example(of: schema), [String: Any]()]
    }

    private func example(of schema: [String: Any]) -> Any {
        let schema = resolved(schema)
        if let examples = schema["examples"] as? [Any], let first = examples.first { return first }
        if let choices = schema["enum"] as? [Any], let first = choices.first { return first }
        switch schema["type"] as? String {
        case "object":
            return (schema["properties"] as? [String: [String: Any]] ?? [:]).mapValues(example)
        case "array": return [example(of: schema["items"] as? [String: Any] ?? [:])]
        case "boolean": return schema["default"] ?? true
        case "string": return "text"
        default: return 1
        }
    }

    /// What is wrong with a value, with its place.
    func faults(of value: Any, _ schema: [String: Any], at place: String) -> [String] {
        let schema = resolved(schema)
        var faults: [String] = []
        if let type = schema["type"] as? String, !isOf(type, value) { return ["\(place) is no \(type)"] }
        if let choices = schema["enum"] as? [AnyHashable], let own = value as? AnyHashable, !choices.contains(own) {
            faults.append("\(place) is none of the choices")
        }
        if let least = schema["minimum"] as? Double, let number = value as? Double, number < least {
            faults.append("\(place) is too small")
        }
        if let one = schema["oneOf"] as? [[String: Any]],
            one.count(where: { self.faults(of: value, $0, at: place).isEmpty }) != 1
        {
            faults.append("\(place) is not one of its forms")
        }
        if let list = value as? [Any], let items = schema["items"] as? [String: Any] {
            faults += list.enumerated().flatMap { self.faults(of: $1, items, at: "\(place)[\($0)]") }
        }
        if let object = value as? [String: Any] {
            let properties = schema["properties"] as? [String: [String: Any]] ?? [:]
            for name in schema["required"] as? [String] ?? [] where object[name] == nil {
                faults.append("\(place) lacks \(name)")
            }
            for (name, member) in object {
                if let own = properties[name] {
                    faults += self.faults(of: member, own, at: "\(place).\(name)")
                } else if schema["additionalProperties"] as? Bool == false {
                    faults.append("\(place) has \(name)")
                }
            }
        }
        return faults
    }

    private func isOf(_ type: String, _ value: Any) -> Bool {
        switch type {
        case "object": value is [String: Any]
        case "array": value is [Any]
        case "string": value is String
        case "null": value is NSNull
        case "boolean": (value as? NSNumber).map { String(cString: $0.objCType) == "c" } ?? false
        case "integer", "number": value is NSNumber && !(value is String)
        default: false
        }
    }
}
