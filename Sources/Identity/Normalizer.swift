package import Records

/// Turns rows into canonical hints.
///
/// Pure: the same row always gives the same hints.
package struct Normalizer: Sendable {
    package struct Settings: Sendable, Equatable {
        /// For phone numbers without a plus in rows without a country.
        package var region: Region?
        package var collapsesSubaddress: Bool

        package init(region: Region? = Region("US"), collapsesSubaddress: Bool = true) {
            self.region = region
            self.collapsesSubaddress = collapsesSubaddress
        }
    }

    private let settings: Settings
    private let mapping: HeaderMapping

    package init(_ mapping: HeaderMapping, settings: Settings = Settings()) {
        self.mapping = mapping
        self.settings = settings
    }

    package func identify(_ batch: RecordBatch) -> IdentityBatch {
        var identities = IdentityBatch(reservingRows: batch.rowCount)
        var country = CountryMemory()
        for row in 0..<batch.rowCount {
            identify(Row(batch: batch, row: row, mapping: mapping), &country, into: &identities)
        }
        return identities
    }

    /// Exports repeat countries, so the last one is not looked up again.
    private struct CountryMemory {
        var cell: [UInt8] = []
        var region: Region?

        mutating func region(of text: ArraySlice<UInt8>) -> Region? {
            if !cell.elementsEqual(text) {
                cell = Array(text)
                region = Region(cell: text)
            }
            return region
        }
    }

    private struct Row {
        let batch: RecordBatch
        let row: Int
        let mapping: HeaderMapping

        /// The cell of a field, nil where the file has no such column or the cell is blank.
        subscript(field: Field) -> ArraySlice<UInt8>? {
            guard let column = mapping[field] else { return nil }
            let cell = batch[row, column]
            return cell.contains { $0 > 0x20 } ? cell : nil
        }
    }

    private func identify(_ row: Row, _ country: inout CountryMemory, into identities: inout IdentityBatch) {
        addEmail(row[.email], to: &identities)
        addNames(of: row, to: &identities)
        identities.add {
            CompanyName.append(row[.companyName] ?? [], to: &$0)
            return nil
        }
        // A copy: a slice would keep hold of the buffer that the next cells are added to.
        let emailHost = Array(identities.open(.email).split(separator: UInt8(ascii: "@")).last ?? [])
        identities.add { addDomain(of: row, emailHost: emailHost, to: &$0) }
        identities.add { out in row[.linkedinURL].flatMap { LinkedInProfile.append($0, to: &out) } }
        identities.add { out in
            row[.phone].flatMap { phone in
                let region = row[.country].flatMap { country.region(of: $0) } ?? settings.region
                return PhoneNumber.append(phone, region: region, to: &out)
            }
        }
        addEmail(row[.personalEmail], to: &identities)
    }

    private func addEmail(_ cell: ArraySlice<UInt8>?, to identities: inout IdentityBatch) {
        identities.add { out in
            cell.flatMap {
                EmailAddress.append($0, collapsesSubaddress: settings.collapsesSubaddress, to: &out)
            }
        }
    }

    private func addNames(of row: Row, to identities: inout IdentityBatch) {
        let first = row[.firstName] ?? [], last = row[.lastName] ?? []
        if PersonName.isPlain(first), PersonName.isPlain(last) {
            identities.add(first)
            identities.add(last)
            return
        }
        let name = PersonName(given: first, family: last, full: row[.fullName] ?? [])
        identities.add(Array(name.given.utf8)[...])
        identities.add(Array(name.family.utf8)[...])
    }

    /// The company's own address counts before the one of its website, and both before its people's mail domain.
    private func addDomain(of row: Row, emailHost: [UInt8], to out: inout [UInt8]) -> HintProblem? {
        var problem: HintProblem?
        for field in [Field.companyDomain, .website] {
            guard let cell = row[field] else { continue }
            guard let found = CompanyDomain.append(cell, to: &out) else { return nil }
            problem = problem ?? found
        }
        if !emailHost.isEmpty {
            let before = out.count
            CompanyDomain.append(hostOfEmail: emailHost[...], to: &out)
            if out.count > before { return nil }
        }
        return problem
    }
}
