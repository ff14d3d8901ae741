"""SOAP `login()`: what old clients open a session with."""

from xml.sax.saxutils import escape

from starlette.responses import Response

from sandbox import settings
from sandbox.http import Call
from sandbox.salesforce.org import SYSTEM_USER, Org
from sandbox.salesforce.sessions import instance_url, open_session
from sandbox.salesforce.xml import texts

_ENVELOPE = (
    '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" '
    'xmlns="urn:partner.soap.sforce.com" xmlns:sf="urn:fault.partner.soap.sforce.com" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>{}</soapenv:Body></soapenv:Envelope>'
)


def login(org: Org, call: Call) -> Response:
    """POST /services/Soap/u/{version}: any user is known, except one whose password begins with `wrong`."""
    version = call.matched["version"]
    number = version.partition(".")[0]
    if not number.isdigit() or int(number) < settings.SALESFORCE_OLDEST_VERSION:
        return _fault("UNSUPPORTED_API_VERSION", f"API version {version} is no longer supported")
    if not settings.SOAP_LOGIN_ENABLED or int(number) >= settings.SOAP_LOGIN_GONE_FROM_VERSION:
        return _fault("INVALID_OPERATION", "SOAP API login() is disabled by default in this org.")
    given = texts(call.body)
    if not given.get("username") or not given.get("password") or given["password"].startswith("wrong"):
        message = "Invalid username, password, security token; or user locked out."
        return _fault("INVALID_LOGIN", message)
    address = f"{instance_url(org, call)}/services/Soap/u/{version}/{org.id[:15]}"
    result = (
        f"<serverUrl>{escape(address)}</serverUrl><sessionId>{escape(open_session(org, call))}</sessionId>"
        f"<userId>{SYSTEM_USER}</userId><passwordExpired>false</passwordExpired><sandbox>false</sandbox>"
        f"<userInfo><organizationId>{org.id}</organizationId>"
        f"<sessionSecondsValid>{settings.SESSION_SECONDS}</sessionSecondsValid></userInfo>"
    )
    return _answer(f"<loginResponse><result>{result}</result></loginResponse>", 200)


def _fault(code: str, message: str) -> Response:
    detail = (
        f"<sf:LoginFault><sf:exceptionCode>{code}</sf:exceptionCode>"
        f"<sf:exceptionMessage>{escape(message)}</sf:exceptionMessage></sf:LoginFault>"
    )
    text = f"<faultcode>sf:{code}</faultcode><faultstring>{code}: {escape(message)}</faultstring>"
    return _answer(f"<soapenv:Fault>{text}<detail>{detail}</detail></soapenv:Fault>", 500)


def _answer(body: str, status: int) -> Response:
    return Response(_ENVELOPE.format(body), status, media_type="text/xml; charset=utf-8")
