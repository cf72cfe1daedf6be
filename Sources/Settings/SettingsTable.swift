/// The keys of one section of a settings file: the one place where each is named, described and read.
///
/// Parsing, defaults, mistakes, the reference page and the schema all come from it.
package struct SettingsTable<Section> {
    package let fields: [SettingsField<Section>]

    package init(_ fields: [SettingsField<Section>]) { self.fields = fields }

    /// Reads every key of a mapping; what is wrong is noted and reading goes on.
    package func read(_ value: SettingsValue, into section: inout Section, noting lint: inout Lint) {
        guard let members = value.members else {
            lint.note("expects keys with values, not \(value.kind)", at: value)
            return
        }
        var seen: Set<String> = []
        for (key, member) in members {
            guard seen.insert(key.text).inserted else {
                lint.note("'\(key.text)' stands twice", unread: key)
                continue
            }
            guard let field = fields.first(where: { $0.key == key.text }) else {
                let near = Spelling.nearest(to: key.text, among: fields.map(\.key))
                lint.note(
                    "there is no key '\(key.text)' here", unread: key, meaning: near,
                    hint: near.map { "did you mean '\($0)'?" }
                        ?? "the keys are: \(fields.map(\.key).joined(separator: ", "))")
                continue
            }
            if lint.isUnset(member, of: key) { continue }
            lint.within(key) { field.read(member, &section, &$0) }
        }
    }

    /// Its keys for people and editors, with what they are where a file does not say.
    ///
    /// - Parameter section: holds the defaults.
    package func described(_ section: Section) -> [SettingsDescription] {
        fields.map { field in
            SettingsDescription(
                key: field.key, takes: field.takes, about: field.about, shape: field.shape(section),
                initial: field.initial(section))
        }
    }
}

/// One key: its name, what it takes, and how it is read.
package struct SettingsField<Section> {
    package let key: String
    /// What it takes, for the reference page.
    package let takes: String
    package let about: String
    let shape: (Section) -> SettingsShape
    /// What it is where a file does not say; nil where that is nothing, or takes more than a word to tell.
    let initial: (Section) -> String?
    let read: (SettingsValue, inout Section, inout Lint) -> Void

    private init(
        _ key: String, takes: String, _ about: String, shape: @escaping (Section) -> SettingsShape = { _ in .any },
        initial: @escaping (Section) -> String? = { _ in nil },
        read: @escaping (SettingsValue, inout Section, inout Lint) -> Void
    ) {
        self.shape = shape
        self.initial = initial
        self.key = key
        self.takes = takes
        self.about = about
        self.read = read
    }

    /// A key whose value `parse` turns into a setting, or nil where it is not one.
    package static func value<Value>(
        _ key: String, _ place: WritableKeyPath<Section, Value>, takes: String, _ about: String,
        shape: SettingsShape = .any, initial: @escaping (Value) -> String? = { _ in nil },
        parse: @escaping (SettingsValue) -> Value?
    ) -> Self {
        Self(key, takes: takes, about, shape: { _ in shape }, initial: { initial($0[keyPath: place]) }) {
            value, section, lint in
            if let parsed = parse(value) {
                section[keyPath: place] = parsed
            } else {
                lint.note("'\(key)' takes \(takes)", at: value)
            }
        }
    }

    /// A key with keys of its own.
    package static func section<Inner>(
        _ key: String, _ place: WritableKeyPath<Section, Inner>, _ about: String,
        _ table: @escaping () -> SettingsTable<Inner>
    ) -> Self {
        Self(key, takes: "keys of its own", about, shape: { .members(table().described($0[keyPath: place])) }) {
            value, section, lint in
            table().read(value, into: &section[keyPath: place], noting: &lint)
        }
    }

    /// A key with keys of its own that does nothing where it is absent.
    package static func optionalSection<Inner>(
        _ key: String, _ place: WritableKeyPath<Section, Inner?>, _ about: String, start: @escaping () -> Inner,
        _ table: @escaping () -> SettingsTable<Inner>
    ) -> Self {
        Self(key, takes: "keys of its own", about, shape: { _ in .members(table().described(start())) }) {
            value, section, lint in
            guard value.text != "" else { return }
            var inner = start()
            table().read(value, into: &inner, noting: &lint)
            section[keyPath: place] = inner
        }
    }

    /// A list whose entries have keys of their own.
    package static func sections<Inner>(
        _ key: String, _ place: WritableKeyPath<Section, [Inner]>, _ about: String, start: @escaping () -> Inner,
        _ table: @escaping () -> SettingsTable<Inner>
    ) -> Self {
        Self(
            key, takes: "a list of entries with keys", about, shape: { _ in .entries(table().described(start())) }
        ) { value, section, lint in
            guard let entries = value.entries else {
                lint.note("'\(key)' takes a list", at: value, hint: "begin each entry with '- '")
                return
            }
            section[keyPath: place] = entries.enumerated().map { number, entry in
                var inner = start()
                lint.within("\(number)", at: entry) { table().read(entry, into: &inner, noting: &$0) }
                return inner
            }
        }
    }

    /// A key that the format knows and this version does not do: refused, never passed over.
    package static func notYet(_ key: String, _ about: String) -> Self {
        Self(key, takes: "nothing in this version", about) { value, _, lint in
            lint.note("'\(key)' is not available in this version", at: value, hint: "remove it")
        }
    }

    // MARK: Common kinds

    package static func text(_ key: String, _ place: WritableKeyPath<Section, String>, _ about: String) -> Self {
        value(key, place, takes: "text", about, shape: .text, initial: { $0.isEmpty ? nil : $0 }) { $0.text }
    }

    /// A key or a secret, or where it is kept.
    package static func secret(_ key: String, _ place: WritableKeyPath<Section, Secret>, _ about: String) -> Self {
        value(
            key, place, takes: "text, or one of \(Secret.places.map { "{\($0): …}" }.joined(separator: ", "))", about,
            shape: .secret, parse: Secret.init)
    }

    package static func flag(_ key: String, _ place: WritableKeyPath<Section, Bool>, _ about: String) -> Self {
        value(key, place, takes: "true or false", about, shape: .flag, initial: { "\($0)" }) { $0.flag }
    }

    package static func number(
        _ key: String, _ place: WritableKeyPath<Section, Int>, _ range: ClosedRange<Int>, _ about: String
    ) -> Self {
        value(
            key, place, takes: "a whole number from \(range.lowerBound) to \(range.upperBound)", about,
            shape: .number(range), initial: { "\($0)" }
        ) {
            $0.text.flatMap { Int($0) }.flatMap { range.contains($0) ? $0 : nil }
        }
    }

    /// A number that need not be whole.
    package static func decimal(
        _ key: String, _ place: WritableKeyPath<Section, Double>, _ range: ClosedRange<Int>, _ about: String
    ) -> Self {
        value(
            key, place, takes: "a number from \(range.lowerBound) to \(range.upperBound)", about,
            initial: { $0 == $0.rounded() ? "\(Int($0))" : "\($0)" }
        ) {
            $0.text.flatMap(Double.init).flatMap {
                (Double(range.lowerBound)...Double(range.upperBound)).contains($0) ? $0 : nil
            }
        }
    }

    package static func duration(_ key: String, _ place: WritableKeyPath<Section, Duration>, _ about: String) -> Self {
        value(
            key, place, takes: "a time such as 500ms, 30s, 5m, 12h or 30d", about, shape: .duration,
            initial: Spelling.spelled
        ) {
            $0.text.flatMap(Spelling.duration)
        }
    }

    package static func choice<Choice: RawRepresentable & CaseIterable>(
        _ key: String, _ place: WritableKeyPath<Section, Choice>, _ about: String
    ) -> Self where Choice.RawValue == String {
        let names = Choice.allCases.map(\.rawValue)
        return value(
            key, place, takes: names.joined(separator: " | "), about, shape: .choice(names), initial: \.rawValue
        ) {
            $0.text.flatMap(Choice.init(rawValue:))
        }
    }

    package static func texts(_ key: String, _ place: WritableKeyPath<Section, [String]>, _ about: String) -> Self {
        value(
            key, place, takes: "a text or a list of texts", about, shape: .texts,
            initial: { $0.isEmpty ? nil : "[\($0.joined(separator: ", "))]" }
        ) { value in
            value.text.map { [$0] }
                ?? value.entries.flatMap { entries in
                    let texts = entries.compactMap(\.text)
                    return texts.count == entries.count ? texts : nil
                }
        }
    }
}
