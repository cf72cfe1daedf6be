import Foundation
import TestSupport
import Testing

/// Every command of the README and the tutorial does what is said of it.
@Suite struct DocumentedCommandTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder(linking: "samples", "pipelines", "docs", "Makefile", "scripts")
        // `millrace` as a reader would have it after `make install`.
        try FileManager.default.createDirectory(atPath: folder.file("bin"), withIntermediateDirectories: false)
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("bin/millrace"), withDestinationPath: Executable.path)
    }

    /// The lines of all blocks without a language, by what they begin with.
    private func lines(of document: String) throws -> [String] {
        let text = try String(contentsOfFile: Checkout.file(document), encoding: .utf8)
        var lines: [String] = [], isInside = false, isCode = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```") {
                (isInside, isCode) = (!isInside, line == "```")
                continue
            }
            guard isInside, isCode, !line.isEmpty else { continue }
            lines.append(String(line.split(separator: " #").first ?? ""))
        }
        return lines
    }

    private func shell(_ command: String) async throws -> Executable.Result {
        try await Executable.run(
            ["-c", command], of: "/bin/bash", before: [], in: folder,
            environment: ["PATH": "\(folder.file("bin")):/usr/local/bin:/usr/bin:/bin", "UNSTUCK_API_KEY": "k"])
    }

    /// A service runs until it is stopped; that it serves is what it is for.
    private func serve(_ command: String) async throws {
        let arguments = command.replacing("'", with: "").split(separator: " ").map(String.init).dropFirst()
        let rehearsed = command.firstMatch(of: /'(.*)'/).map { String($0.output.1) }
        var all = Array(arguments.prefix { $0 != "--rehearse" })
        if let rehearsed { all += ["--rehearse", rehearsed] }
        let serving = try Executable.Running(all + ["--listen", "127.0.0.1:0"], in: folder)
        for _ in 0..<1200 where serving.process.isRunning && !serving.said.contains("serving on") {
            try await Task.sleep(for: .milliseconds(50))
        }
        #expect(serving.said.contains("serving on"), "\(serving.said)")
        serving.kill(SIGTERM)
        #expect(try await serving.result().code == 0)
    }

    @Test func everyCommandOfTheREADMERuns() async throws {
        let sample = try String(contentsOfFile: Checkout.file("samples/hubspot-contacts.csv"), encoding: .utf8)
        try folder.write("contacts.csv", sample)
        let rows = [["Name", "Email"], ["Zelda Quist", "zelda@acme-widgets.example"]]
        try WorkbookWriter(texts: rows).data().write(to: URL(fileURLWithPath: folder.file("contacts.xlsx")))
        try ArchiveWriter.zip([(name: "leads.csv", data: Data(sample.utf8))])
            .write(to: URL(fileURLWithPath: folder.file("weekly-export.zip")))
        try FileManager.default.copyItem(
            atPath: Checkout.file("pipelines/waterfall.yaml"), toPath: folder.file("my-waterfall.yaml"))
        try folder.write("outcomes.csv", "email,outcome\nzelda@acme-widgets.example,replied\n")
        var run = "", count = 0
        for line in try lines(of: "README.md") {
            let command = line.trimmingCharacters(in: .whitespaces)
            if command.hasPrefix("make ") {
                #expect(try await shell("make -n \(command.split(separator: " ")[1])").code == 0, "\(command)")
                count += 1
            }
            guard command.hasPrefix("millrace ") else { continue }
            count += 1
            if command.hasPrefix("millrace serve") {
                try await serve(command)
                continue
            }
            if command.contains(" RUN"), run.isEmpty {
                let runs = try await shell("millrace runs --json")
                let list = try JSONSerialization.jsonObject(with: Data(runs.out.utf8)) as? [[String: Any]]
                run = list?.first { $0["pipeline"] as? String == "contacts" }?["run"] as? String ?? ""
            }
            let result = try await shell(command.replacing(" RUN", with: " \(run)"))
            #expect(result.code == 0, "\(command): \(result.err)")
        }
        #expect(count >= 22)
    }

    @Test func theQuickstartLooksAsTheREADMEShowsIt() async throws {
        let text = try String(contentsOfFile: Checkout.file("README.md"), encoding: .utf8)
        let start = try #require(text.range(of: "$ make run\n")), rest = text[start.upperBound...]
        let end = try #require(rest.range(of: "\n```"))
        let result = try await shell("millrace run pipelines/quickstart.yaml --progress off")
        #expect(result.code == 0)
        // But for the name of the run and how fast the machine was.
        func plain(_ text: some StringProtocol) -> [String] {
            text.split(separator: "\n", omittingEmptySubsequences: false).map { part in
                let line = String(part)
                if line.hasPrefix("Run quickstart-") { return "Run quickstart-…" }
                return line.hasPrefix("Time ") ? "Time …" : line
            }
        }
        let said = result.err.hasSuffix("\n") ? result.err.dropLast() : result.err[...]
        #expect(plain(said) == plain(rest[..<end.lowerBound]))
    }

    @Test func everyCommandOfTheTutorialRuns() async throws {
        var count = 0
        /// Rows to import after each run.
        var changes: [Int] = []
        for line in try lines(of: "docs/TUTORIAL.md") {
            let result = try await shell(line)
            #expect(result.code == 0, "\(line): \(result.err)")
            count += 1
            if line.hasPrefix("millrace run ") {
                changes.append(try folder.read("out/changes.csv").split(separator: "\n").count - 1)
            }
        }
        #expect(count >= 11)
        // There is much to import after the first run, and nothing after the next.
        #expect(changes.count == 2 && changes[0] > 1000 && changes[1] == 0, "\(changes)")
        #expect(try folder.read("out/contacts.csv").split(separator: "\n").count > 2000)
        #expect(FileManager.default.fileExists(atPath: folder.file("out/contacts-report.html")))
    }

    @Test func theStreamOfTheWarehousePageRuns() async throws {
        let line = try #require(try lines(of: "docs/WAREHOUSE.md").first { $0.contains("| millrace") })
        let result = try await shell(line)
        #expect(result.code == 0, "\(result.err)")
        #expect(try folder.read("feed.jsonl").split(separator: "\n").count > 300)
    }
}
