"""What the Pulumi CLI itself says where no resource is to blame, and what it means for who reads it."""

from modelyard.errors import ModelyardError, OutcomeError, OutsideError, RequestError

AGAIN = "Run the same command again: what is finished stays, and it goes on where it stopped."

# (pattern, class, code, sentence, next step); the first that is found counts
SAYINGS: tuple[tuple[str, type[ModelyardError], str, str, str], ...] = (
    (
        r"(?i)unsupported checkpoint version|state store unsupported|deployment version is (too new|unsupported)",
        RequestError,
        "newer_state",
        "A newer Pulumi has written the state than the one that runs here.",
        "Put that one, or a newer, on PATH: `pulumi version` says which runs here.",
    ),
    (
        r"(?i)failed to load checkpoint|snapshot integrity error|no secrets manager could be found",
        OutsideError,
        "broken_state",
        "The file of the state cannot be used: it was cut off, or changed by hand.",
        (
            "Put back an earlier version of it: the bucket keeps them all, and a folder has .pulumi/backups. "
            "Nothing on AWS was touched. docs/recovery.md, `Lost state`, has the commands."
        ),
    ),
    (
        r"(?i)no resource plugin|failed to install (a )?plugin|could not (download|install) plugin",
        OutsideError,
        "no_plugin",
        "A plugin of Pulumi is missing and could not be fetched.",
        (
            "Allow get.pulumi.com, or bring it here: `pulumi plugin install resource NAME VERSION`; and do not set "
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION."
        ),
    ),
    (
        r"(?i)no space left on device|disk quota exceeded",
        OutsideError,
        "no_space",
        "There is no room left on this machine's disk.",
        "Make room, then run the same command again: what was made is known by its name, and it goes on from there.",
    ),
    (
        r"\b(mkdir|open|stat|rename) \S+: (read-only file system|permission denied)",
        OutsideError,
        "not_writable",
        "A place on this machine cannot be used.",
        "Allow it, or name another: PULUMI_HOME says where Pulumi keeps its own files. Then run the same again.",
    ),
    (
        r"(?i)incorrect passphrase|cipher: message authentication failed|passphrase must be set",
        RequestError,
        "wrong_passphrase",
        "The secrets in the state cannot be read with this passphrase.",
        "Set PULUMI_CONFIG_PASSPHRASE to the one with which the stack was made.",
    ),
    (
        r"(?i)NoSuchBucket|bucket.{0,80}does not exist|blob \(code=NotFound\)|unable to open bucket",
        RequestError,
        "no_state",
        "The bucket for the state does not exist, or is not to be seen from here.",
        "`modelyard infra bootstrap` makes it.",
    ),
    (
        r"(?i)NoCredentialProviders|no valid credential|failed to refresh cached cred|get credentials|no EC2 IMDS",
        OutsideError,
        "no_credentials",
        "There are no AWS credentials.",
        "Sign in (aws sso login, or set AWS_PROFILE) and run the same command again.",
    ),
    (
        (  # EC2 has words of its own for what the others call ExpiredToken
            r"(?i)ExpiredToken|RequestExpired|security token included in the request is (expired|invalid)"
            r"|InvalidClientTokenId|InvalidAccessKeyId|UnrecognizedClient|validate the provided access credentials"
        ),
        OutsideError,
        "expired_credentials",
        "The AWS credentials have expired or are not valid.",
        "Sign in again and run the same command again: it goes on where it stopped.",
    ),
    (
        r"(?i)AccessDenied|PermissionDenied|not authorized to perform",
        OutsideError,
        "access_denied",
        "AWS refused an action.",
        "Give the role the action named above, then run the same command again.",
    ),
    (
        r"(?i)no such host|connection refused|i/o timeout|network is unreachable|TLS handshake timeout|EOF$",
        OutsideError,
        "no_network",
        "The network, or a service, could not be reached.",
        AGAIN,
    ),
    (
        r"(?i)cannot be deleted\s+because it is protected|delete protected|deletion ?protection",
        OutcomeError,
        "protected",
        "Resources that hold data are protected and were not deleted.",
        "To delete them with their data, run the same command with --delete-data.",
    ),
)
