/// Mail providers whose addresses vanish within minutes.
///
/// Last gone through in November 2026. `disposable.example` stands for them in samples and tests.
package enum DisposableDomains {
    package static func contains(_ domain: String) -> Bool { domains.contains(domain) }

    private static let domains: Set<String> = Set(
        """
        0-mail.com 10minutemail.com 20minutemail.com 33mail.com anonbox.net byom.de discard.email discardmail.com \
        dispostable.com dropmail.me emailondeck.com fakeinbox.com getairmail.com getnada.com grr.la guerrillamail.com \
        guerrillamail.net guerrillamail.org inboxbear.com incognitomail.org jetable.org mail-temp.com mailcatch.com \
        maildrop.cc mailinator.com mailinator.net mailnesia.com mailsac.com mintemail.com moakt.com mohmal.com \
        mytemp.email sharklasers.com spam4.me spamgourmet.com temp-mail.io temp-mail.org tempail.com tempmail.dev \
        tempr.email throwawaymail.com trash-mail.com trashmail.com trashmail.de wegwerfemail.de yopmail.com yopmail.fr \
        disposable.example
        """.split(separator: " ").map(String.init))
}
