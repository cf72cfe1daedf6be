import Foundation

/// Where the service's key and address come from when the pipeline names none (ENRICHMENT-API.md, "Calls").
enum Credentials {
    /// `UNSTUCK_API_KEY`, else what the service manager hands over as `unstuck_api_key`, else what
    /// `~/.unstuck/credentials` holds.
    static func key(_ environment: [String: String]) -> String? {
        if let key = environment["UNSTUCK_API_KEY"], !key.isEmpty { return key }
        if let folder = environment["CREDENTIALS_DIRECTORY"], !folder.isEmpty,
            let key = try? String(contentsOfFile: folder + "/unstuck_api_key", encoding: .utf8)
                .trimmingCharacters(in: .whitespacesAndNewlines), !key.isEmpty
        {
            return key
        }
        guard let home = environment["HOME"], !home.isEmpty,
            let text = try? String(contentsOfFile: home + "/.unstuck/credentials", encoding: .utf8)
        else { return nil }
        return key(in: text)
    }

    static func url(_ environment: [String: String]) -> String? {
        environment["UNSTUCK_API_URL"].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The key in a credentials file: `api_key = …`, `UNSTUCK_API_KEY=…`, `{"api_key": "…"}`, or nothing but the key.
    ///
    /// Pure.
    static func key(in text: String) -> String? {
        if let object = try? JSONDecoder().decode([String: String].self, from: Data(text.utf8)) {
            return object.first { names.contains($0.key.lowercased()) }?.value
        }
        let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty && !$0.hasPrefix("#") && !$0.hasPrefix(";") && !$0.hasPrefix("[") }
        for line in lines {
            guard let mark = line.firstIndex(where: { $0 == "=" || $0 == ":" }) else { continue }
            let name = line[..<mark].trimmingCharacters(in: .whitespaces).lowercased()
            guard names.contains(name.replacing("export ", with: "")) else { continue }
            return line[line.index(after: mark)...].trimmingCharacters(in: CharacterSet(charactersIn: " \t\"'"))
        }
        let bare = lines.first { !$0.contains { " \t=:".contains($0) } }
        return lines.count == 1 ? bare : nil
    }

    private static let names: Set<String> = ["api_key", "apikey", "key", "token", "unstuck_api_key"]
}
