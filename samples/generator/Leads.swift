/// One row of a lead export: a person as somebody typed, imported or half remembered them.
struct Lead {
    var recordID: String
    var first = ""
    var last = ""
    var email = ""
    var phone = ""
    var title = ""
    var company = ""
    var website = ""
    var linkedin = ""
    var country = ""
    var owner = ""
    var notes = ""
    var created = ""

    static let header = [
        "Record ID", "First Name", "Last Name", "Email", "Phone Number", "Job Title", "Company Name", "Website URL",
        "LinkedIn URL", "Country/Region", "Contact owner", "Notes", "Create Date",
    ]
    var cells: [String] {
        [recordID, first, last, email, phone, title, company, website, linkedin, country, owner, notes, created]
    }

    init(_ person: Person, row: Int, random: inout Random) {
        recordID = String(100_000_000_000 + row)
        first = person.first
        last = person.last
        title = person.title
        company = person.company.name
        website = "https://www.\(person.company.domain)/"
        country = person.company.country
        owner = random.pick(["Zelda Quux", "Hank Rutherglen", ""])
        notes = random.pick(Names.notes)
        created = "2026-\(Phone.padded(1 + random.below(11), 2))-\(Phone.padded(1 + random.below(28), 2))"
        let kind = random.below(100)
        switch kind {
        case ..<58: email = person.email
        case ..<68: email = person.personalEmail
        case ..<90: break  // no email, so the profile has to do
        case ..<96:  // name and company only
            linkedin = ""
        default:  // a row that says nobody
            (first, last, company, website) = ("", "", "", "")
        }
        if kind < 90, email.isEmpty || random.chance(35) { linkedin = Lead.profile(person, &random) }
        if random.chance(35), kind < 96 { phone = Lead.spelled(person.phone, &random) }
        if random.chance(2) { phone = "1.41556E+10" }
        if random.chance(3) { (first, last) = (first.uppercased(), last.uppercased()) }
    }

    /// The same person in another spelling, as it stands in an export that was merged by hand.
    mutating func respell(_ person: Person, _ random: inout Random) {
        if !email.isEmpty {
            let parts = email.split(separator: "@")
            email = random.pick([
                email.uppercased(), "\(parts[0])+crm@\(parts[1])", " \(email) ", "mailto:\(email)",
                "\(person.first) <\(email)>", "\(email);",
            ])
        }
        if !linkedin.isEmpty { linkedin = Lead.profile(person, &random) }
    }

    private static func profile(_ person: Person, _ random: inout Random) -> String {
        let slug = person.linkedinSlug
        return random.pick([
            "https://www.linkedin.com/in/\(slug)/", "https://www.linkedin.com/in/\(slug)",
            "http://linkedin.com/in/\(slug)?trk=public_profile",
            "https://de.linkedin.com/in/\(slug)", "www.linkedin.com/in/\(slug.uppercased())/",
            "linkedin.com/in/\(slug)/details/experience/", "in/\(slug)",
        ])
    }

    private static func spelled(_ phone: Phone, _ random: inout Random) -> String {
        random.pick([
            phone.national, phone.international, phone.national, "'\(phone.international)", "\(phone.national) ext. 12",
        ])
    }
}

/// Leads in the order of the file; some people come twice.
struct LeadStream {
    private let seed: UInt64
    private var random: Random
    private var row = 0

    init(seed: UInt64) {
        self.seed = seed
        random = Random(seed: seed)
    }

    mutating func next() -> Lead {
        row += 1
        let isRepeat = row > 10 && random.chance(8)
        let number = isRepeat ? max(1, row - 1 - random.below(min(row - 1, 5000))) : row
        let person = Person(number, seed: seed)
        var lead = Lead(person, row: row, random: &random)
        if isRepeat { lead.respell(person, &random) }
        return lead
    }
}
