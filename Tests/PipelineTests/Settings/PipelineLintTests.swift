import Foundation
import Pipeline
import Records
import Settings
import TestSupport
import Testing

/// What is said of a pipeline file before it runs.
@Suite struct PipelineLintTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func lint(_ yaml: String) throws -> (mistakes: [Diagnostic], warnings: [Diagnostic]) {
        var warnings: [Diagnostic] = []
        do {
            _ = try PipelineFile.read(
                folder.write("p.yaml", yaml), overrides: [], environment: [:], noting: { warnings.append($0) })
            return ([], warnings)
        } catch let error as InvalidSettings {
            return (error.found, warnings)
        }
    }

    @Test func allMistakesOfAllKindsAreSaidAtOnceEachAtItsPlace() throws {
        let found = try lint(
            """
            input: {paths: [a.csv]}
            enrich:
              engine: api
              api: {url: nowhere, key: k}
              refresh_after: soon
              when_exhausted: {credits: wait}
              max_credits: 5
            verify: {builtin: true, url: "https://x.example"}
            output:
              - path: out.txt
              - {path: a.csv}
              - {path: b.jsonl, excel: true}
            audience: [{path: c.csv}]
            retention: 3d
            notify: {secret: s}
            """
        ).mistakes
        let places = found.compactMap { $0.line.map { line in "\(line)" } }
        #expect(Set(places) == ["4", "5", "6", "8", "9", "10", "12", "13", "14", "15"], "\(found)")
        #expect(found.allSatisfy { $0.column != nil && $0.file?.hasSuffix("p.yaml") == true })
    }

    @Test func aKeyThatIsNotKnownHidesNothingElse() throws {
        let found = try lint(
            """
            input: {paths: [a.csv]}
            enrich: {engine: api, chanels: [phone]}
            outputs: []
            verify: {url: nowhere}
            notify: {}
            """
        ).mistakes
        // The address and the key are missing as well.
        #expect(found.map(\.line) == [2, 2, 2, 3, 4, 5], "\(found)")
    }

    @Test func whatFollowsFromAnotherMistakeIsNotSaid() throws {
        let found = try lint("input: {paths: {}}\nenrich: {engine: api, api: [1]}\noutput: [{path: o.csv}]\n").mistakes
        #expect(found.map(\.line) == [1, 2], "\(found)")
    }

    @Test func keysWithoutEffectAreWarnedOf() throws {
        let found = try lint(
            """
            input: {paths: [a.csv], format: jsonl, csv: {delimiter: ";"}}
            enrich:
              limits: {per_day: 5}
              refresh_after: 5d
              retry_misses_after: 9d
            verify: {builtin: true, secret: "x", verdict: {pointer: /v}}
            output: [{path: o.jsonl}]
            warehouse: [duckdb]
            """)
        #expect(found.mistakes.isEmpty, "\(found.mistakes)")
        // The secret stands in the clear as well.
        #expect(found.warnings.map(\.line).sorted { ($0 ?? 0) < ($1 ?? 0) } == [1, 3, 5, 6, 6, 6, 8])
    }

    @Test func aRunWithoutALimitOnItsCostIsWarnedOf() throws {
        let api = "enrich: {engine: api, api: {url: \"https://x.example\", key: {file: k}}"
        let open = try lint("input: {paths: [a.csv]}\n\(api)}\noutput: [{path: o.csv}]\n").warnings
        #expect(open.count == 1 && open[0].message.contains("cost at most"))
        let always = try lint(
            "input: {paths: [a.csv]}\n\(api), max_credits: 5, refresh_after: 0}\noutput: [{path: o.csv}]\n"
        ).warnings
        #expect(always.count == 1 && always[0].message.contains("pays for everything again"))
        #expect(
            try lint("input: {paths: [a.csv]}\n\(api), max_credits: 5}\noutput: [{path: o.csv}]\n").warnings.isEmpty)
    }

    @Test func aPipelineThatWritesNothingIsWarnedOf() throws {
        #expect(try lint("input: {paths: [a.csv]}\n").warnings.map(\.message) == ["no file is written"])
    }
}
