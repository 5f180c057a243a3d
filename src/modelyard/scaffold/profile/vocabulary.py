"""Words of column names and values that give their meaning away, in several languages, without accents."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


KNOWN_BEFORE = _words(
    """
    sched scheduled plan planned expected due start started begin open opened created initial previous
    prior before old first budget estimated estimate promised requested ordered geplant soll debut prevu
    """
)
"""Says that a column is known before the other one of its pair."""

HAPPENED = _words(
    """
    yes y true t 1 ja j si oui sim da tak positive pos positif churn churned fraud fraudulent default
    defaulted late delayed bad spam died dead death deceased failed failure fail faulty defect defective
    malignant sick disease ill diseased abnormal attack anomaly anomalous recurrence recurred won win
    success converted conversion clicked click bought purchased subscribed left attrited exited cancelled
    canceled returned abandoned accepted approved readmitted present poisonous toxic infected outlier
    survived
    """
)
"""Classes that say that something happened."""

DID_NOT = _words(
    """
    no n false f 0 nein non nao nee nie negative neg negatif stayed retained genuine legitimate legit
    ontime good ham alive living ok passed pass healthy benign normal none lost loss failed existing
    active kept absent edible inlier rejected denied
    """
)
"""Classes that say that it did not."""

ID_WORDS = _words(
    """
    id ids uuid guid key pk nr num no number index code identifier kennung cle clave codigo
    """
)
"""First or last words of an identifier."""

ENTITIES = _words(
    """
    customer client patient subject person user member household account device machine sensor vehicle
    student employee session player driver family participant respondent policyholder kunde cliente utente
    paziente paciente usuario utilisateur
    """
)
"""Who or what has several rows."""

TIME_WORDS = _words(
    """
    timestamp ts datetime time date day event created observed recorded ordered order transaction purchase
    occurred datum zeit fecha heure data hora tijd month epoch unix unixtime
    """
)
"""When a row happened, the likelier first."""

MOMENT_WORDS = _words(
    """
    timestamp timestamps ts tstamp datetime date moment when created updated modified changed observed recorded
    received registered logged occurred happened ordered purchased submitted published posted
    epoch epochtime unix unixtime unixtimestamp posix utc eventtime starttime endtime createtime updatetime mtime ctime
    datum zeitpunkt zeitstempel fecha horodatage tijdstip
    """
)
"""Says when, of a column of numbers: narrower than TIME_WORDS, as an `order` or an `event` may be numbered."""

TIMES = _words(
    """
    time dt day zeit uhrzeit hora heure tijd czas tempo
    """
)
"""Says when, unless another word says that it is how long."""

SPANS = _words(
    """
    duration durations elapsed delta diff difference latency response wait waiting lag lead travel run running runtime
    cpu delay remaining interval spent took cycle dwell idle lifetime uptime downtime zone timezone offset
    dauer differenz duree duracion durata duur
    """
)
"""Says how long, not when."""

UNITS = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), "epoch_s"),
    **dict.fromkeys(("ms", "msec", "millis", "milli", "millisecond", "milliseconds"), "epoch_ms"),
    **dict.fromkeys(("us", "usec", "micros", "micro", "microsecond", "microseconds"), "epoch_us"),
    **dict.fromkeys(("ns", "nsec", "nanos", "nano", "nanosecond", "nanoseconds"), "epoch_ns"),
}
"""What a word of a name says of the unit of its numbers."""

BIRTH = _words(
    """
    birth birthday dob born geburt geburtsdatum naissance nacimiento nascita
    """
)
"""A time that is not the row's."""

ACTORS = _words(
    """
    customer client patient subject person user member student employee player participant respondent
    policyholder kunde cliente utente paziente paciente usuario utilisateur
    """
)
"""Entities that act: where rows name two entities, the one that the rows are about."""

YEARS = ("year", "years", "yr", "jahr", "annee", "ano", "anno", "rok", "jaar")
"""Names a column of years."""

PERIODS = _words(
    """
    year yr month quarter week wave round period season term semester jahr monat quartal woche welle annee mois
    trimestre semaine ano anno mes mese semana
    """
)
"""Names a stretch of time by a whole number."""

CLASS_WORDS = _words(
    """
    class classes code type label category kind group segment status state species klasse klass art typ kategorie
    classe tipo clase categoria
    """
)
"""A number that only names something."""

COUNTED = _words(
    """
    count counts num number quantity qty anzahl nombre cantidad total visits age years price cost amount salary
    income fee preis betrag kosten prix precio hours days minutes
    """
)
"""A number that counts."""

NAME_WORDS = _words(
    """
    name names nom nome nombre naam imie namn navn passenger customer client contact author owner driver
    player employee patient student teacher person guest member user seller buyer agent doctor fullname
    """
)
"""Says that values are the names of somebody."""

HINTS: dict[str, tuple[str, ...]] = {
    "e-mail addresses": (
        "email", "e mail", "mail", "courriel", "correo", "epost", "mailadresse",
    ),
    "phone numbers": (
        "phone", "telephone", "telefon", "telefono", "telefone", "tel", "mobile", "cell", "cellphone",
        "handy", "movil", "celular", "cellulare", "portable", "fax", "telefoon", "rufnummer", "msisdn",
    ),
    "IP addresses": (
        "ip", "ip address", "ip addr", "ipaddress",
    ),
    "card numbers": (
        "card number", "card no", "credit card", "cc number", "creditcard", "pan number", "kartennummer",
    ),
    "national or bank numbers": (
        "ssn", "social security", "passport", "passport number", "national id", "national insurance",
        "nino", "nhs", "dni", "nif", "nie", "curp", "cpf", "codice fiscale", "steuer id", "steuernummer",
        "sozialversicherungsnummer", "personnummer", "fodselsnummer", "bsn", "pesel", "aadhaar", "aadhar",
        "driver license", "drivers license", "driving licence", "tax id", "tin", "identity number",
        "id card", "iban", "account number", "kontonummer", "bank account", "numero securite sociale",
        "rib", "vat number",
    ),
    "dates of birth": (
        "birth date", "birthdate", "date of birth", "dob", "birthday", "geburtsdatum", "geburtstag",
        "date naissance", "date de naissance", "fecha nacimiento", "fecha de nacimiento", "data nascita",
        "data di nascita", "data nascimento", "data de nascimento", "geboortedatum", "data urodzenia",
        "born",
    ),
    "postal addresses": (
        "address", "addr", "street", "street name", "adresse", "anschrift", "strasse", "direccion",
        "domicilio", "calle", "indirizzo", "endereco", "adres", "ulica", "straat", "address line", "rue",
        "adress", "gata",
    ),
    "names of people": (
        "first name", "firstname", "last name", "lastname", "surname", "forename", "given name",
        "family name", "middle name", "full name", "fullname", "maiden name", "customer name",
        "client name", "contact name", "patient name", "employee name", "user name", "username",
        "nickname", "login", "vorname", "nachname", "familienname", "prenom", "nom de famille",
        "nom famille", "apellido", "apellidos", "cognome", "sobrenome", "voornaam", "achternaam",
        "nazwisko", "fornamn", "efternamn", "etternavn", "passenger name", "guest name", "person name",
        "cardholder", "card holder",
    ),
}  # fmt: skip
"""Phrases in a column's name, by what they say that it holds."""
