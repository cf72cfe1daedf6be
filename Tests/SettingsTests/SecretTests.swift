import Foundation
import Records
import Settings
import TestSupport
import Testing

/// Where keys and secrets come from.
@Suite struct SecretTests {
    struct Door {
        var key = Secret("")
        static var table: SettingsTable<Door> { SettingsTable([.secret("key", \.key, "Opens it.")]) }
    }

    private func key(_ yaml: String, _ environment: [String: String] = [:]) throws -> String {
        var door = Door()
        try SettingsFile.read("key: \(yaml)\n", name: "door", into: &door, by: Door.table, environment: environment)
        return try door.key.fetched(environment: environment, of: "key").text
    }

    @Test func itStandsInTheFileOrAVariableOrIsFetched() throws {
        let folder = try TemporaryFolder()
        try folder.write("unstuck", "from-systemd\n")
        #expect(try key("plain") == "plain")
        #expect(try key("\"${KEY}\"", ["KEY": "from-variable"]) == "from-variable")
        #expect(try key("{command: \"printf 'from-command\\nand more\\n'\"}") == "from-command")
        #expect(try key("{command: 'echo $WHO'}", ["WHO": "me", "PATH": "/usr/bin:/bin"]) == "me")
        #expect(try key("{file: \"\(folder.file("unstuck"))\"}") == "from-systemd")
        #expect(try key("{credential: unstuck}", ["CREDENTIALS_DIRECTORY": folder.path]) == "from-systemd")
    }

    @Test(arguments: ["{command: 'false'}", "{command: 'true'}", "{file: /nowhere/at/all}", "{credential: unstuck}"])
    func whatCannotBeHadIsSaidWithoutWhatWasThere(_ yaml: String) {
        let error = #expect(throws: Diagnostic.self) { try key(yaml) }
        #expect(error?.code == "no_secret" && error?.message.hasPrefix("key could not be had") == true)
    }

    @Test(arguments: ["{command: a, file: b}", "{shell: a}", "[a]", "{file: ''}"])
    func anythingElseIsAMistake(_ yaml: String) { #expect(throws: InvalidSettings.self) { try key(yaml) } }

    @Test func itNeverDescribesItself() {
        let secret = Secret("hush")
        var text = ""
        dump(secret, to: &text)
        #expect(!"\(secret) \(String(reflecting: secret)) \(text)".contains("hush"))
    }
}
