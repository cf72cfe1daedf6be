import EnrichmentAPI

/// The columns of the table `answer`: a row for a person, and in it a group of columns for each channel.
///
/// People are mostly asked for several channels and read with all of them, so one row is written and read instead of
/// several. A group whose request is null holds no answer; one with a request and without a value is a miss, whose
/// source names who could not be asked on the way.
enum AnswerColumns {
    /// Of each channel, in this order; `chunk` is the request that brought the answer.
    static let names = [
        "chunk", "value", "source", "confidence", "enriched_at", "credits", "record_id", "share",
    ]
    private static let types = ["INTEGER", "TEXT", "TEXT", "REAL", "TEXT", "INTEGER", "TEXT", "INTEGER"]

    static func name(_ channel: Channel, _ column: String) -> String { "\(channel.rawValue)_\(column)" }

    /// A channel's columns, in the order of ``names``.
    static func of(_ channel: Channel) -> [String] { names.map { name(channel, $0) } }

    /// The columns of some channels, in the order of the channels.
    static func of(_ channels: some Sequence<Channel>) -> [String] { channels.flatMap { of($0) } }

    /// A channel's columns, to be selected under the names that they have without it.
    static func selecting(_ channel: Channel) -> String {
        zip(of(channel), names).map { "\($0) AS \($1)" }.joined(separator: ", ")
    }

    // MARK: Tables

    /// The table, a view with a row for each answer, and what keeps an answer that a newer one takes the place of.
    static func create(_ table: String) -> String {
        let columns = Channel.allCases.flatMap { zip(of($0), types).map { "\($0) \($1)" } }
        return "CREATE TABLE \(table) (identity INTEGER PRIMARY KEY, \(columns.joined(separator: ", ")))"
    }

    /// For statements that are about single answers and not in a hurry.
    static var view: String {
        let channels = Channel.allCases.map { channel in
            """
            SELECT identity, \(channel.number) AS channel, \(selecting(channel)) FROM answer
            WHERE \(name(channel, "chunk")) IS NOT NULL
            """
        }
        return "CREATE VIEW single_answer AS \(channels.joined(separator: " UNION ALL "))"
    }

    static var triggers: [String] {
        Channel.allCases.map { channel in
            let chunk = name(channel, "chunk")
            return """
                CREATE TRIGGER \(channel.rawValue)_replaced BEFORE UPDATE ON answer
                WHEN OLD.\(chunk) <> NEW.\(chunk) BEGIN
                  INSERT OR IGNORE INTO answer_past (identity, channel, \(names.joined(separator: ", ")))
                  VALUES (OLD.identity, \(channel.number), \(of(channel).map { "OLD." + $0 }.joined(separator: ", ")));
                END
                """
        }
    }

    /// Brings answers that have a row each into one row for each person.
    static var gathering: String {
        let values = Channel.allCases.flatMap { channel in
            names.map { "max(CASE channel WHEN \(channel.number) THEN \($0) END)" }
        }
        return """
            INSERT INTO answer (identity, \(of(Channel.allCases).joined(separator: ", ")))
            SELECT identity, \(values.joined(separator: ", ")) FROM answer_each GROUP BY identity
            """
    }

    // MARK: Statements

    /// Writes the answers for some channels of a person.
    static func upsert(_ channels: ChannelSet) -> String {
        let columns = of(channels)
        return """
            INSERT INTO answer (identity, \(columns.joined(separator: ", ")))
            VALUES (?\(String(repeating: ", ?", count: columns.count)))
            ON CONFLICT (identity) DO UPDATE SET \(columns.map { "\($0) = excluded.\($0)" }.joined(separator: ", "))
            """
    }

    /// The channels of a row whose answers are of a kind, as bits.
    ///
    /// - Parameter condition: of a channel's `chunk` and `value`.
    static func bits(where condition: (_ chunk: String, _ value: String) -> String) -> String {
        Channel.allCases.map { channel in
            let isMeant = condition("answer." + name(channel, "chunk"), "answer." + name(channel, "value"))
            return "(ifnull(\(isMeant), 0) << \(channel.number))"
        }.joined(separator: " | ")
    }

    /// Takes a channel's answer out of each row that a condition holds for.
    static func clear(_ channel: Channel, where condition: String) -> String {
        "UPDATE answer SET \(of(channel).map { $0 + " = NULL" }.joined(separator: ", ")) WHERE \(condition)"
    }

    /// Rows without an answer, as what to delete from.
    static var empty: String {
        "answer WHERE " + Channel.allCases.map { name($0, "chunk") + " IS NULL" }.joined(separator: " AND ")
    }

    /// Puts past answers of a channel back where there is none, the newest first.
    ///
    /// - Parameter condition: of the past answers, as `past`.
    static func putBack(_ channel: Channel, where condition: String) -> String {
        let columns = of(channel)
        return """
            INSERT INTO answer (identity, \(columns.joined(separator: ", ")))
            SELECT identity, \(names.joined(separator: ", ")) FROM answer_past AS past
            WHERE channel = \(channel.number) AND \(condition) ORDER BY chunk DESC
            ON CONFLICT (identity) DO UPDATE SET \(columns.map { "\($0) = excluded.\($0)" }.joined(separator: ", "))
            WHERE answer.\(name(channel, "chunk")) IS NULL
            """
    }
}
