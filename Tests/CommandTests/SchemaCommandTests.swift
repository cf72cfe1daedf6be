import Foundation
import TestSupport
import Testing

/// What is said about the keys of a pipeline file, to people and to editors.
@Suite struct SchemaCommandTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func theReferenceIsThatOfTheCode() async throws {
        let made = try await Executable.run(["schema", "--format", "markdown"], in: folder)
        let kept = try String(contentsOfFile: Checkout.file("docs/pipeline-reference.md"), encoding: .utf8)
        #expect(
            made.code == 0 && made.out == kept,
            "write it again: millrace schema --format markdown > docs/pipeline-reference.md")
    }

    @Test func theSchemaTakesOurPipelinesAndTheREADMEsAndNoMistakes() async throws {
        let schema = try await Executable.run(["schema"], in: folder)
        try folder.write("schema.json", schema.out)
        let readme = try String(contentsOfFile: Checkout.file("README.md"), encoding: .utf8)
        let start = try #require(readme.range(of: "```yaml\n")), text = readme[start.upperBound...]
        let end = try #require(text.range(of: "```"))
        try folder.write("readme.yaml", String(text[..<end.lowerBound]))
        let bad = [
            "inputs: {paths: [a.csv]}", "input: {format: cvs}", "enrich: {limits: {chunk: 1000}}",
            "enrich: {refresh_after: soon}", "output: {path: a.csv}", "enrich: {discover: perhaps}", "version: 2",
        ]
        let files = try bad.enumerated().map { try folder.write("bad\($0.offset).yaml", $0.element + "\n") }
        let good = ["quickstart", "crm-refresh"].map { Checkout.file("pipelines/\($0).yaml") }
        let result = try await Executable.run(
            [Checkout.file("Tests/Outside/schema.py"), "schema.json", "readme.yaml"] + good + ["--"] + files,
            of: "/usr/bin/env", before: ["python3"], in: folder,
            environment: [
                "PYTHONPATH": Checkout.file(".build/outside"),
                "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
            ])
        #expect(result.code == 0, "\(result.out)\(result.err)")
    }
}
