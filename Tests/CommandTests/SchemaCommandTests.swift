import Foundation
import TestSupport
import Testing

/// What is said about the keys of a pipeline file, to people and to editors.
@Suite struct SchemaCommandTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test(arguments: ["pipeline", "waterfall", "serve"])
    func theReferenceIsThatOfTheCode(_ file: String) async throws {
        let made = try await Executable.run(["schema", file, "--format", "markdown"], in: folder)
        let kept = try String(contentsOfFile: Checkout.file("docs/\(file)-reference.md"), encoding: .utf8)
        #expect(
            made.code == 0 && made.out == kept,
            "write it again: millrace schema \(file) --format markdown > docs/\(file)-reference.md")
    }

    @Test(arguments: [("waterfall", ["waterfall"]), ("serve", ["serve"])])
    func theOtherSchemasTakeOurFilesAndNoMistakes(_ file: String, _ examples: [String]) async throws {
        try folder.write("schema.json", try await Executable.run(["schema", file], in: folder).out)
        let bad = try folder.write("bad.yaml", "verson: 1\n")
        let result = try await Executable.run(
            [Checkout.file("Tests/Outside/schema.py"), "schema.json"]
                + examples.map { Checkout.file("pipelines/\($0).yaml") } + ["--", bad],
            of: "/usr/bin/env", before: ["python3"], in: folder,
            environment: [
                "PYTHONPATH": Checkout.file(".build/outside"),
                "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
            ])
        #expect(result.code == 0, "\(result.out)\(result.err)")
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
