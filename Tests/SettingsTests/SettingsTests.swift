import Records
import Settings
import Testing

@Suite struct SettingsTests {
    struct Mill: Equatable {
        enum Colour: String, CaseIterable { case red, blue }
        var name = "old"
        var wheels = 1
        var colour = Colour.red
        var pause = Duration.seconds(1)
        var inner = Inner()

        struct Inner: Equatable {
            var list: [String] = []
            static var table: SettingsTable<Inner> { SettingsTable([.texts("list", \.list, "A list.")]) }
        }

        static var table: SettingsTable<Mill> {
            SettingsTable([
                .text("name", \.name, "Name."), .number("wheels", \.wheels, 1...9, "Wheels."),
                .choice("colour", \.colour, "Colour."),
                .duration("pause", \.pause, "Pause."), .section("inner", \.inner, "Inner.") { Inner.table },
            ])
        }
    }

    private func read(
        _ text: String, overrides: [(key: String, value: String)] = [], environment: [String: String] = [:]
    ) throws -> Mill {
        var mill = Mill()
        try SettingsFile.read(
            text, name: "mill.yaml", into: &mill, by: Mill.table, overrides: overrides, environment: environment)
        return mill
    }

    @Test func whatIsNotSetStaysAsItWas() throws {
        #expect(try read("wheels: 3\n") == Mill(wheels: 3))
        #expect(try read("") == Mill())
    }

    @Test func allMistakesAreSaidAtOnceWithTheirPlaces() throws {
        let error = #expect(throws: InvalidSettings.self) {
            try read("nam: x\nwheels: 12\ncolour: green\ninner:\n  lists: [a]\npause: soon\n")
        }
        let found = try #require(error?.found)
        #expect(found.map(\.line) == [1, 2, 3, 5, 6])
        #expect(found.first?.hint == "did you mean 'name'?")
        #expect(found[1].message.contains("from 1 to 9"))
        #expect(found[2].message.contains("red | blue"))
    }

    @Test func overridesAreStrongerThanTheFile() throws {
        let mill = try read("wheels: 3\n", overrides: [("wheels", "4"), ("inner.list", "[a, b]")])
        #expect(mill.wheels == 4)
        #expect(mill.inner.list == ["a", "b"])
    }

    @Test func environmentVariablesAreFilledInAndMissedByName() throws {
        #expect(try read("name: a-${X}-b\n", environment: ["X": "1"]).name == "a-1-b")
        let error = #expect(throws: InvalidSettings.self) { try read("name: ${NOT_THERE}\n") }
        #expect(error?.description.contains("NOT_THERE") == true)
    }

    @Test func whatIsSetOnTheCommandLineHasNoPlaceInTheFile() throws {
        let error = #expect(throws: InvalidSettings.self) { try read("name: a\n", overrides: [("wheels", "99")]) }
        #expect(error?.found.map(\.line) == [nil])
    }

    @Test func rulesBetweenKeysAreSaidWithTheRestAndAtTheirPlace() throws {
        var mill = Mill()
        let error = #expect(throws: InvalidSettings.self) {
            try SettingsFile.read(
                "colour: green\ninner:\n  list: [a]\n", name: "mill.yaml", into: &mill, by: Mill.table
            ) { _, lint in
                #expect(lint.isWrong("colour") && !lint.isWrong("inner"))
                lint.note("that is too short", key: "inner.list")
                lint.note("that is missing", key: "inner.more")
                #expect(lint.has("inner.list") && !lint.has("inner.more") && !lint.has("wheels"))
            }
        }
        // In the order of the file.
        #expect(error?.found.map(\.line) == [1, 2, 3])
    }

    @Test func keysAndSecretsInTheClearAreWarnedOf() throws {
        var warnings: [Diagnostic] = []
        var mill = Mill()
        let yaml = """
            api: {url: "https://x.example", key: abc}
            verify: {secret: "${S}", headers: {X-Api-Key: k, Accept: json}}
            http: {url: "https://u:p@x.example"}
            more: [{url: "https://x.example/?api_key=1"}, {url: "https://x.example/?email={email}"}]
            token: {command: pass show it}
            """
        _ = try? SettingsFile.read(
            yaml, name: "x", into: &mill, by: Mill.table, environment: ["S": "s"], noting: { warnings.append($0) })
        #expect(warnings.map(\.line) == [1, 2, 3, 4] && warnings.allSatisfy { $0.severity == .warning })
    }

    @Test func brokenYAMLIsAMistakeOfTheFile() {
        #expect(throws: InvalidSettings.self) { try read("a: [1\n") }
    }

    @Test(arguments: [("500ms", 0.5), ("30s", 30), ("5m", 300), ("12h", 43_200), ("30d", 2_592_000), ("0", 0)])
    func durationsAreSpelledWithTheirUnit(_ text: String, _ seconds: Double) {
        #expect(Spelling.duration(text) == .seconds(seconds))
    }

    @Test(arguments: ["", "5", "s", "-1s", "1w", "1 s"])
    func otherDurationsAreNone(_ text: String) { #expect(Spelling.duration(text) == nil) }
}
