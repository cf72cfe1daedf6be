"""What a RevOps script usually does: canonical emails, domains, profiles and phones, row by row, with the usual packages.

    normalize.py INPUT OUTPUT
"""

import csv
import re
import sys
from email.utils import parseaddr

import email_validator
import phonenumbers
import tldextract

# The samples' people are under reserved domains.
email_validator.SPECIAL_USE_DOMAIN_NAMES = []
extract = tldextract.TLDExtract(suffix_list_urls=(), include_psl_private_domains=True, extra_suffixes=("example",))
profile = re.compile(r"(?:https?://)?(?:[a-z]{1,3}\.)?(?:linkedin\.com)?/?in/([^/?#]+)", re.IGNORECASE)
regions = {
    "United States": "US", "United Kingdom": "GB", "Germany": "DE", "France": "FR", "Spain": "ES", "Italy": "IT",
    "Netherlands": "NL", "Poland": "PL", "Sweden": "SE", "Austria": "AT", "Switzerland": "CH", "Canada": "CA",
    "Ireland": "IE", "Denmark": "DK", "India": "IN", "Japan": "JP", "Brazil": "BR", "Australia": "AU",
}
free = {"gmail.com", "outlook.com", "yahoo.com", "hotmail.com", "freemail.example", "webmail.example"}


def canonical_email(text):
    bare = parseaddr(text.strip().removeprefix("mailto:"))[1]
    try:
        address = email_validator.validate_email(bare, check_deliverability=False)
    except email_validator.EmailNotValidError:
        return ""
    return f"{address.local_part.lower().split('+')[0]}@{address.ascii_domain}"


def registrable(text):
    found = extract(text)
    return found.top_domain_under_public_suffix if found.suffix and found.domain else ""


def canonical_phone(text, country):
    try:
        number = phonenumbers.parse(text.lstrip("'=\""), regions.get(country, "US"))
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def canonical_profile(text):
    match = profile.search(text)
    return f"https://www.linkedin.com/in/{match.group(1).lower()}" if match else ""


def main(source, target):
    with open(source, newline="", encoding="utf-8") as lines, open(target, "w", newline="", encoding="utf-8") as out:
        reader = csv.DictReader(lines)
        added = ["email", "first_name", "last_name", "company_name", "company_domain", "linkedin_url", "phone"]
        writer = csv.writer(out)
        writer.writerow(reader.fieldnames + [f"normalized_{name}" for name in added] + ["identity_key"])
        for row in reader:
            email = canonical_email(row["Email"])
            domain = registrable(row["Website URL"]) or registrable(email.rpartition("@")[2])
            url = canonical_profile(row["LinkedIn URL"])
            slug = url.rpartition("/")[2]
            first, last = row["First Name"].strip(), row["Last Name"].strip()
            phone = canonical_phone(row["Phone Number"], row["Country/Region"]) if row["Phone Number"] else ""
            domain = "" if domain in free else domain
            key = (
                f"email:{email}" if email else f"linkedin:{slug}" if slug
                else f"name:{first.lower()}|{last.lower()}|{domain}" if first and last and domain else ""
            )
            writer.writerow(
                list(row.values()) + [email, first, last, row["Company Name"].strip(), domain, url, phone, key])


if __name__ == "__main__":
    main(*sys.argv[1:])
