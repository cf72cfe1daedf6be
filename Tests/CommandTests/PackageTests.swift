import Foundation
import TestSupport
import Testing

/// What the Debian package puts in place is enough to run the quickstart.
@Suite struct PackageTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func shell(_ command: String, in place: String? = nil) async throws -> Executable.Result {
        try await Executable.run(
            ["-c", place.map { "cd '\($0)' && \(command)" } ?? command], of: "/bin/bash", before: [], in: folder,
            environment: ["PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL": "C.UTF-8"])
    }

    @Test func thePackageIsWholeDeclaresItsLibrariesAndRunsTheQuickstart() async throws {
        let script = Checkout.file("scripts/deb.sh")
        let built = try await shell("'\(script)' '\(Executable.path)' '\(folder.path)'")
        #expect(built.code == 0, "\(built.err)")
        let package = try #require(built.out.split(separator: "\n").last.map(String.init))
        let root = folder.file("root")
        #expect(try await shell("dpkg-deb -x '\(package)' '\(root)'").code == 0)
        for file in [
            "usr/bin/millrace", "usr/share/man/man1/millrace.1.gz", "usr/share/bash-completion/completions/millrace",
            "usr/share/zsh/vendor-completions/_millrace", "usr/share/fish/vendor_completions.d/millrace.fish",
            "usr/lib/systemd/system/millrace@.service", "usr/lib/systemd/system/millrace@.timer",
            "usr/share/doc/millrace/copyright", "usr/share/doc/millrace/TUTORIAL.md",
            "usr/share/doc/millrace/examples/pipelines/quickstart.yaml", "etc/millrace",
        ] { #expect(FileManager.default.fileExists(atPath: "\(root)/\(file)"), "\(file)") }

        // Every library that is not the compiler's own comes from a package that is declared, and is here.
        let depends = try await shell("dpkg-deb -f '\(package)' Depends").out
        let declared = Set(
            depends.split(separator: ",").compactMap { part in
                part.split(whereSeparator: { " \n(".contains($0) }).first.map(String.init)
            })
        for needed in ["libc6", "libxml2", "libarchive13", "libcsv3", "libsqlite3-0", "libphonenumber8", "libpsl5"] {
            #expect(declared.contains { $0.hasPrefix(needed) }, "\(needed) is not among \(depends)")
        }
        // Some packages stand in for others.
        let installed = try await shell("dpkg-query -W -f '${db:Status-Abbrev} ${Package} ${Provides}\\n' | grep ^ii")
            .out
        let here = Set(installed.split(whereSeparator: { " ,\n".contains($0) }).map(String.init))
        for library in declared where library.hasPrefix("lib") { #expect(here.contains(library), "\(library)") }

        // As somebody would who has just installed it.
        let work = folder.file("work")
        let quickstart = try await shell(
            """
            mkdir '\(work)' && cp -r '\(root)/usr/share/doc/millrace/examples/.' '\(work)' && cd '\(work)' &&
            MILLRACE_STATE='\(work)/ledger.sqlite' '\(root)/usr/bin/millrace' run pipelines/quickstart.yaml
            """)
        #expect(quickstart.code == 0 && quickstart.err.contains("done: 2000 rows"), "\(quickstart.err)")
        let unit = try String(contentsOfFile: "\(root)/usr/lib/systemd/system/millrace@.service", encoding: .utf8)
        #expect(unit.contains("ExecStart=/usr/bin/millrace run /etc/millrace/%i.yaml") && !unit.contains("@BINDIR@"))
        let completion = try await shell("bash -n '\(root)/usr/share/bash-completion/completions/millrace'")
        #expect(completion.code == 0, "\(completion.err)")
        let page = try await shell("zcat '\(root)/usr/share/man/man1/millrace.1.gz'").out
        #expect(page.hasPrefix(".TH MILLRACE 1"))
    }

    @Test func theManPageIsThatOfTheCode() async throws {
        let made = try await Executable.run(["manual"], in: folder)
        let kept = try String(contentsOfFile: Checkout.file("docs/millrace.1"), encoding: .utf8)
        #expect(made.code == 0 && made.out == kept, "write it again: make docs")
        for command in ["run", "plan", "forget", "serve", "keys make"] {
            #expect(made.out.contains(".SS \"millrace \(command)"), "\(command)")
        }
    }

    @Test func everyCommandHasAnExampleInItsHelp() async throws {
        let help = try await Executable.run(["--help"], in: folder).out
        let start = try #require(help.range(of: "SUBCOMMANDS:")), rest = help[start.upperBound...]
        let names = rest.split(separator: "\n").compactMap { line in
            line.firstMatch(of: #/^\s\s([a-z]+)\s\s/#).map { String($0.output.1) }
        }
        #expect(names.count >= 18, "\(names)")
        for name in names where name != "help" {
            let result = try await Executable.run([name, "--help"], in: folder)
            #expect(result.code == 0 && result.out.contains("millrace \(name) "), "\(name): \(result.out)")
            #expect(result.out.contains("Example"), "\(name)")
        }
    }
}
