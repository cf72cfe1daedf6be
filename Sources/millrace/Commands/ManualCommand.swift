import ArgumentParser
import Foundation

struct ManualCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "manual", abstract: "Prints the man page.",
        discussion: """
            Example:
              millrace manual | man -l -
            """, shouldDisplay: false)

    func run() throws {
        guard let page = ManualPage(help: MillraceCommand._dumpHelp(), version: MillraceCommand.configuration.version)
        else { throw ExitCode(70) }
        print(page.text, terminator: "")
    }
}
