import Foundation
import TestSupport
import Testing

/// Holds the table of docs/ARCHITECTURE.md: which target may import which, and that one file knows each C library.
@Suite struct ImportTableTests {
    static let allowed: [String: Set<String>] = [
        "Records": [],
        "Input": ["Records", "CLibArchive", "CLibCSV", "CLibXML2", "CSimdJSON", "CZlib", "CZstd"],
        "Identity": ["Records", "CLibIDN2", "CPublicSuffix", "CPhoneNumber"],
        "EnrichmentAPI": [],
        "Settings": ["Records"],
        "Connect": ["Records", "EnrichmentAPI", "Settings"],
        "Ledger": ["Records", "EnrichmentAPI"],
        "Waterfall": ["Connect", "EnrichmentAPI", "Identity", "Input", "Ledger", "Records", "Settings"],
        "Pipeline": ["Connect", "EnrichmentAPI", "Identity", "Input", "Ledger", "Records", "Settings", "Waterfall"],
        "Server": ["CResolver", "Connect", "EnrichmentAPI", "Identity", "Ledger", "Records", "Settings", "Waterfall"],
        "millrace": ["Connect", "EnrichmentAPI", "Ledger", "Pipeline", "Records", "Server", "Settings", "Waterfall"],
    ]
    static let doors: Set<String> = [
        "CLibArchive", "CLibCSV", "CLibXML2", "CSimdJSON", "CZlib", "CZstd", "CLibIDN2", "CPublicSuffix",
        "CPhoneNumber",
        "CResolver",
    ]

    /// Modules that each file of a target imports.
    static func imports(of target: String) throws -> [(file: String, modules: Set<String>)] {
        let folder = Checkout.file("Sources/\(target)")
        let files = try #require(FileManager.default.enumerator(atPath: folder)).compactMap { $0 as? String }
        return try files.filter { $0.hasSuffix(".swift") }.map { file in
            let text = try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)
            let modules = text.split(separator: "\n").compactMap { line -> String? in
                let words = line.split(separator: " ")
                guard let place = words.firstIndex(of: "import"), place <= 1, words.count > place + 1 else {
                    return nil
                }
                return String(words[place + 1])
            }
            return (file, Set(modules))
        }
    }

    @Test(arguments: allowed.keys.sorted())
    func importsOnlyWhatTheTableAllows(_ target: String) throws {
        let ours = Set(Self.allowed.keys).union(Self.doors)
        let allowed = try #require(Self.allowed[target])
        let files = try Self.imports(of: target)
        #expect(!files.isEmpty)
        for (file, modules) in files {
            let forbidden = modules.intersection(ours).subtracting(allowed)
            #expect(forbidden.isEmpty, "\(target)/\(file) imports \(forbidden.sorted())")
        }
    }

    @Test(arguments: doors.sorted())
    func oneFileKnowsEachCLibrary(_ door: String) throws {
        let importers = try Self.allowed.keys.flatMap { target in
            try Self.imports(of: target).filter { $0.modules.contains(door) }.map { "\(target)/\($0.file)" }
        }
        #expect(importers.count == 1, "\(importers)")
    }

    @Test func sqlLivesInTheLedgerAlone() throws {
        for target in Self.allowed.keys where target != "Ledger" {
            for (file, modules) in try Self.imports(of: target) {
                #expect(modules.isDisjoint(with: ["GRDB", "GRDBSQLite"]), "\(target)/\(file)")
            }
        }
    }

    @Test func everyTargetStandsInTheTable() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: Checkout.file("Sources"))
        #expect(Set(folders) == Set(Self.allowed.keys).union(Self.doors))
    }
}
