// Makes the sample exports and the provider data that goes with them: the same bytes for the same seed.
//
//     generate-samples FOLDER [ROWS] [SEED]
//
// Without ROWS it writes everything in small; with ROWS only the HubSpot export and the providers, of that size.
import Foundation

let arguments = CommandLine.arguments
guard arguments.count >= 2 else {
    FileHandle.standardError.write(Data("usage: generate-samples FOLDER [ROWS] [SEED]\n".utf8))
    exit(64)
}
let folder = arguments[1]
let rows = arguments.count > 2 ? Int(arguments[2]) ?? 2000 : 2000
let seed = arguments.count > 3 ? UInt64(arguments[3]) ?? 7 : 7

try writeHubSpotExport("\(folder)/hubspot-contacts.csv", rows: rows, seed: seed)
if arguments.count == 2 {
    try writeJSONL("\(folder)/leads.jsonl", rows: 500, seed: seed)
    try writeXML("\(folder)/leads.xml", rows: 300, seed: seed)
}
try writeProviders("\(folder)/providers", people: rows, seed: seed)

func writeHubSpotExport(_ path: String, rows: Int, seed: UInt64) throws {
    let file = try Writer(path)
    var leads = LeadStream(seed: seed)
    try file.write(CSV.row(Lead.header, quoteAll: true))
    for _ in 0..<rows { try file.write(CSV.row(leads.next().cells, quoteAll: true)) }
    try file.flush()
}

func writeJSONL(_ path: String, rows: Int, seed: UInt64) throws {
    let file = try Writer(path)
    var leads = LeadStream(seed: seed)
    for row in 1...rows {
        let lead = leads.next()
        let hints = [
            ("id", lead.recordID), ("first_name", lead.first), ("last_name", lead.last), ("email", lead.email),
            ("phone", lead.phone), ("company", lead.company), ("website", lead.website),
            ("linkedin_url", lead.linkedin),
            ("country", lead.country), ("notes", lead.notes),
        ]
        let object = try JSONLines.object(hints.filter { !$0.1.isEmpty })
        // Warehouses put numbers and objects beside texts.
        try file.write(
            object.dropLast(2) + ",\"score\":\(row % 100).50,\"utm\":{\"source\":\"web\",\"visits\":\(row % 7)}}\n")
    }
    try file.flush()
}

func writeXML(_ path: String, rows: Int, seed: UInt64) throws {
    let file = try Writer(path)
    var leads = LeadStream(seed: seed)
    try file.write("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<leads>\n")
    let names = [
        "FirstName", "LastName", "Email", "Phone", "Title", "Company", "Website", "LinkedIn", "Country", "Owner",
        "Notes",
    ]
    for _ in 1...rows {
        let lead = leads.next()
        try file.write("  <lead id=\"\(lead.recordID)\">\n")
        for (name, value) in zip(names, lead.cells.dropFirst().dropLast()) where !value.isEmpty {
            try file.write("    <\(name)>\(XML.escaped(value))</\(name)>\n")
        }
        try file.write("  </lead>\n")
    }
    try file.write("</leads>\n")
    try file.flush()
}

/// Three lists of people that know different shares of them, and one of companies.
func writeProviders(_ folder: String, people: Int, seed: UInt64) throws {
    let archive = try Writer("\(folder)/crm-archive.csv")
    let events = try Writer("\(folder)/event-scans.csv")
    let bought = try Writer("\(folder)/bought-list.csv")
    try archive.write(
        CSV.row([
            "First Name", "Last Name", "Email", "Company Domain", "LinkedIn URL", "Direct Phone", "Private Email",
            "Last Confirmed",
        ]))
    try events.write(CSV.row(["Name", "Work Email", "Website", "Mobile", "Profile", "Score", "Scanned At"]))
    try bought.write(CSV.row(["first_name", "last_name", "email", "domain", "linkedin_url", "phone", "confidence"]))
    var random = Random(seed: seed &+ 1)
    for number in 1...people {
        let person = Person(number, seed: seed)
        let profile = "https://www.linkedin.com/in/\(person.linkedinSlug)"
        let date = "2026-\(Phone.padded(1 + random.below(10), 2))-\(Phone.padded(1 + random.below(28), 2))T09:00:00Z"
        if random.chance(45) {
            try archive.write(
                CSV.row([
                    person.first, person.last, person.email, person.company.domain, random.chance(70) ? profile : "",
                    random.chance(50) ? person.phone.international : "", random.chance(25) ? person.personalEmail : "",
                    date,
                ]))
        }
        if random.chance(30) {
            try events.write(
                CSV.row([
                    "\(person.first) \(person.last)", person.email, "https://\(person.company.domain)",
                    random.chance(80) ? person.phone.international : "n/a", profile,
                    "0.\(5 + random.below(5))", date,
                ]))
        }
        if random.chance(60) {
            // Bought lists age: some addresses were only ever made to be thrown away.
            let email = random.chance(6) ? "\(person.linkedinSlug)@disposable.example" : person.email
            try bought.write(
                CSV.row([
                    person.first, person.last, email, person.company.domain, profile,
                    random.chance(40) ? person.phone.international : "", "0.\(3 + random.below(6))",
                ]))
        }
    }
    try archive.flush()
    try events.flush()
    try bought.flush()
    try writeCompanies("\(folder)/companies.csv", seed: seed)
}

func writeCompanies(_ path: String, seed: UInt64) throws {
    let file = try Writer(path)
    var random = Random(seed: seed &+ 2)
    try file.write(
        CSV.row([
            "domain", "name", "industry", "employee_count", "revenue_band", "founded_year", "hq_country", "hq_city",
            "tech_stack",
        ]))
    for number in 0..<Company.count where random.chance(85) {
        let company = Company(number)
        try file.write(
            CSV.row([
                company.domain, company.name,
                random.pick(["Manufacturing", "Software", "Retail", "Healthcare", "Logistics"]),
                String(10 * (1 + random.below(900))),
                random.pick(["1M-10M", "10M-50M", "50M-250M", "250M+"]), String(1950 + random.below(74)),
                company.country,
                random.pick(["Springfield", "Neustadt", "Villeneuve", "Norrby", "Ballymore"]),
                random.pick(["postgres;kafka", "snowflake", "sap;salesforce", ""]),
            ]))
    }
    try file.flush()
}
