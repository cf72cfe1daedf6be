/// Mail providers whose addresses vanish within minutes.
///
/// Last gone through in November 2026. `disposable.example` stands for them in samples and tests.
package enum DisposableDomains {
    package static func contains(_ domain: String) -> Bool { contains(Array(domain.utf8)[...]) }

    static func contains(_ domain: ArraySlice<UInt8>) -> Bool { domains.contains(domain) }

    private static let domains = WordList(
        """
        0-mail.com 10minutemail.com 10minutemail.net 1secmail.com 1secmail.net 1secmail.org 20minutemail.com \
        2prong.com 33mail.com 4warding.com anonbox.net anonymbox.com armyspy.com bccto.me boun.cr bugmenot.com \
        burnermail.io byom.de clrmail.com cock.li crazymailing.com cuvox.de dayrep.com deadaddress.com despam.it \
        discard.email discardmail.com disposableinbox.com dispostable.com dodgit.com dropmail.me e4ward.com \
        einrot.com emailfake.com emailondeck.com emailtemporanea.net emltmp.com ephemail.net fakeinbox.com \
        fakemail.net fakemailgenerator.com filzmail.com fleckens.hu getairmail.com getnada.com getonemail.com \
        gishpuppy.com grr.la guerrillamail.biz guerrillamail.com guerrillamail.de guerrillamail.info \
        guerrillamail.net guerrillamail.org guerrillamailblock.com gustr.com harakirimail.com hidemail.de imgof.com \
        inboxbear.com inboxkitten.com incognitomail.org instant-mail.de internxt.com jetable.org jourrapide.com \
        kasmail.com kurzepost.de linshiyouxiang.net lroid.com luxusmail.org mail-temp.com mail-temporaire.fr \
        mailcatch.com mailde.de maildrop.cc maileater.com mailexpire.com mailforspam.com mailimate.com \
        mailinator.com mailinator.net mailme.lv mailmoat.com mailnesia.com mailnull.com mailpoof.com mailsac.com \
        mailshell.com mailtemp.info mailtothis.com mintemail.com minuteinbox.com moakt.com mohmal.com mt2015.com \
        muellmail.com mvrht.net mytemp.email mytrashmail.com nada.email nospam.ze.tc nowmymail.com objectmail.com \
        oneoffemail.com owlymail.com pookmail.com proxymail.eu rcpt.at receiveee.com rhyta.com rmqkr.net s0ny.net \
        safetymail.info sendspamhere.com sharklasers.com shieldemail.com sneakemail.com sofort-mail.de spam.la \
        spam4.me spambog.com spambox.us spamex.com spamfree24.org spamgourmet.com spamhole.com superrito.com \
        tafmail.com teleworm.us temp-mail.io temp-mail.org temp-mail.ru tempail.com tempemail.net tempinbox.com \
        tempmail.dev tempmail.eu tempmail.net tempmail.plus tempmailo.com tempomail.fr temporaryemail.net \
        tempr.email thankyou2010.com throwam.com throwawaymail.com tmail.ws tmailinator.com tmpmail.net tmpmail.org \
        trash-mail.com trash2009.com trashinbox.com trashmail.at trashmail.com trashmail.de trashmail.io \
        trashmail.me trashmail.net trbvm.com vomoto.com wegwerfemail.de wegwerfmail.de wegwerfmail.net \
        wegwerfmail.org wh4f.org yopmail.com yopmail.fr yopmail.net zetmail.com disposable.example
        """)
}
