/// Sites on which companies have a page, so that a link to such a page does not name the company's own domain.
///
/// Last gone through in November 2026. Sites that give each customer a host of their own are in the Public Suffix List.
enum SharedSites {
    static func contains(_ domain: ArraySlice<UInt8>) -> Bool { domains.contains(domain) }

    private static let domains = WordList(
        """
        about.me angel.co app.link behance.net bit.ly bitly.com calendly.com canva.com capterra.com \
        crunchbase.com discord.com discord.gg dribbble.com etsy.com eventbrite.com facebook.com fb.com fb.me flickr.com \
        g.page g2.com github.com gitlab.com glassdoor.com goo.gl google.com google.de google.co.uk houzz.com \
        indeed.com instagram.com kununu.com lnkd.in linkedin.com linktr.ee medium.com meetup.com notion.so \
        notion.site ow.ly patreon.com pinterest.com producthunt.com reddit.com slideshare.net snapchat.com soundcloud.com \
        t.co t.me telegram.me threads.net tiktok.com tinyurl.com tripadvisor.com trustpilot.com twitch.tv \
        twitter.com typeform.com vimeo.com vk.com wa.me wellfound.com whatsapp.com wikipedia.org wordpress.com x.com \
        xing.com yelp.com youtu.be youtube.com zoominfo.com sharedsite.example
        """)
}
