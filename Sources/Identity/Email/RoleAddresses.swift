/// Addresses of a desk and not of a person, such as `info@`.
///
/// Several people share one, so it never says that two rows are the same person. Names are those of RFC 2142 and those
/// that companies print on their pages, in the languages of the exports; last gone through in November 2026.
package enum RoleAddresses {
    /// - Parameter email: canonical.
    package static func contains(_ email: ArraySlice<UInt8>) -> Bool {
        guard let at = email.lastIndex(of: UInt8(ascii: "@")) else { return false }
        return names.contains(email[..<at])
    }

    private static let names = WordList(
        """
        abuse accounting accounts accountspayable accountsreceivable admin administration administrator admissions \
        advertising all ap ar billing booking bookings business career careers ceo clients compliance contact contacts \
        contactus customercare customerservice customersuccess customer-service customer.service dataprotection datenschutz \
        dev developers devops dpo editor editorial email enquiries enquiry events everyone export feedback finance \
        frontdesk ftp general hello help helpdesk hi hostmaster hr inbox info information infos inquiries inquiry \
        international invest investors invoice invoices invoicing ir it jobs kontakt legal list logistics mail mailbox mailer-daemon \
        manager management marketing marketing-team media member members membership news newsletter no-reply no.reply noc \
        noreply notifications office operations order orders partner partners partnership payment payments payroll people \
        personal post postmaster pr press privacy procurement purchasing reception recruiting recruitment registrar \
        reservation reservations returns root sales school secretary security service services shipping shop staff \
        students subscribe support team tech techsupport test training unsubscribe usenet user users uucp web \
        webmaster welcome www \
        anfrage bewerbung buchhaltung einkauf empfang karriere kundenservice personalabteilung presse rechnung \
        rechnungen sekretariat verkauf vertrieb verwaltung zentrale \
        accueil achats commercial comptabilite contacto direction recrutement secretariat serviceclient ventes \
        administracion atencion atencionalcliente compras comercial contabilidad facturacion informacion rrhh ventas \
        administracao atendimento contato financeiro vendas \
        acquisti amministrazione commerciale contatti informazioni segreteria ufficio vendite \
        administratie boekhouding inkoop klantenservice receptie verkoop \
        biuro kontakty sekretariaat sprzedaz
        """)
}
