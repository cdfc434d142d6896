// A body's client of the exchange, Node 20 and nothing else: node client.mjs URL PARTY KEY.pem CERT.pem EXCHANGE.pem
//
// Messages are written in exclusive canonical form to begin with, and the exchange writes its own the same way; so no
// XML library is needed for signatures. An answer that is written otherwise does not verify, which is the safe side.
import { createHash, randomUUID, sign, verify, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";

const [url, party, keyFile, certificateFile, exchangeFile] = process.argv.slice(2);
const key = readFileSync(keyFile);
const token = new X509Certificate(readFileSync(certificateFile)).raw.toString("base64");
const exchange = new X509Certificate(readFileSync(exchangeFile)).publicKey;

const SOAP = "http://schemas.xmlsoap.org/soap/envelope/";
const WSS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-";
const [WSSE, WSU] = [`${WSS}wssecurity-secext-1.0.xsd`, `${WSS}wssecurity-utility-1.0.xsd`];
const X509 = `${WSS}x509-token-profile-1.0#X509v3`;
const DS = "http://www.w3.org/2000/09/xmldsig#";
const C14N = "http://www.w3.org/2001/10/xml-exc-c14n#";
const D = "urn:dalel:exchange:v1";
const PART = 4 * 1024 * 1024;

// --- signing and verifying --------------------------------------------------------------------------------------------

const sha256 = (data, form) => createHash("sha256").update(data).digest(form);
const signedInfo = (body, timestamp) =>
  `<ds:SignedInfo xmlns:ds="${DS}"><ds:CanonicalizationMethod Algorithm="${C14N}"></ds:CanonicalizationMethod>` +
  `<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"></ds:SignatureMethod>` +
  [["body", body], ["timestamp", timestamp]].map(([id, part]) =>
    `<ds:Reference URI="#${id}"><ds:Transforms><ds:Transform Algorithm="${C14N}"></ds:Transform></ds:Transforms>` +
    `<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></ds:DigestMethod>` +
    `<ds:DigestValue>${sha256(part, "base64")}</ds:DigestValue></ds:Reference>`).join("") + "</ds:SignedInfo>";
const inPlace = (info) => info.replace(` xmlns:ds="${DS}"`, "");
const bodyApart = (content) =>
  `<soapenv:Body xmlns:soapenv="${SOAP}" xmlns:wsu="${WSU}" wsu:Id="body">` +
  content.replace(`<soapenv:Fault xmlns:soapenv="${SOAP}">`, "<soapenv:Fault>") + "</soapenv:Body>";

function envelope(operation) {
  const [created, expires] = [0, 300_000].map((later) => new Date(Date.now() + later).toISOString());
  const timestamp = `<wsu:Timestamp xmlns:wsu="${WSU}" wsu:Id="timestamp"><wsu:Created>${created}</wsu:Created>` +
    `<wsu:Expires>${expires}</wsu:Expires></wsu:Timestamp>`;
  const info = signedInfo(bodyApart(operation), timestamp);
  const value = sign("sha256", Buffer.from(info), key).toString("base64");
  return `<soapenv:Envelope xmlns:soapenv="${SOAP}"><soapenv:Header><wsse:Security xmlns:wsse="${WSSE}"` +
    ` soapenv:mustUnderstand="1">${timestamp}<wsse:BinarySecurityToken xmlns:wsu="${WSU}"` +
    ` EncodingType="${WSS}soap-message-security-1.0#Base64Binary" ValueType="${X509}" wsu:Id="token">${token}` +
    `</wsse:BinarySecurityToken><ds:Signature xmlns:ds="${DS}">${inPlace(info)}<ds:SignatureValue>${value}` +
    `</ds:SignatureValue><ds:KeyInfo><wsse:SecurityTokenReference><wsse:Reference URI="#token" ValueType="${X509}">` +
    `</wsse:Reference></wsse:SecurityTokenReference></ds:KeyInfo></ds:Signature></wsse:Security></soapenv:Header>` +
    `<soapenv:Body xmlns:wsu="${WSU}" wsu:Id="body">${operation}</soapenv:Body></soapenv:Envelope>`;
}

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
const FORM = new RegExp(
  `^${escaped(`<soapenv:Envelope xmlns:soapenv="${SOAP}"><soapenv:Header><wsse:Security xmlns:wsse="${WSSE}" soapenv:mustUnderstand="1">`)}` +
  `(<wsu:Timestamp xmlns:wsu="${escaped(WSU)}" wsu:Id="timestamp"><wsu:Created>([^<]*)</wsu:Created><wsu:Expires>([^<]*)</wsu:Expires></wsu:Timestamp>)` +
  `<wsse:BinarySecurityToken [^>]*>[^<]*</wsse:BinarySecurityToken><ds:Signature xmlns:ds="${escaped(DS)}">` +
  `(<ds:SignedInfo>.*?</ds:SignedInfo>)<ds:SignatureValue>([^<]*)</ds:SignatureValue><ds:KeyInfo>.*?</ds:KeyInfo></ds:Signature></wsse:Security></soapenv:Header>` +
  `${escaped(`<soapenv:Body xmlns:wsu="${WSU}" wsu:Id="body">`)}(.*)</soapenv:Body></soapenv:Envelope>$`, "s");

/** The content of the Body, once the exchange's signature over it and a current Timestamp is proven. */
function verified(message) {
  const [, timestamp, created, expires, info, value, content] = message.match(FORM) ?? fail("not in the exchange's form");
  const expected = signedInfo(bodyApart(content), timestamp);
  if (inPlace(expected) !== info) fail("Body or Timestamp is not what was signed");
  if (!verify("sha256", Buffer.from(expected), exchange, Buffer.from(value, "base64"))) fail("not signed by the exchange");
  const now = Date.now();
  if (Date.parse(created) > now + 300_000 || Date.parse(expires) < now - 300_000) fail("the Timestamp is not current");
  if (content.startsWith("<soapenv:Fault")) fail(content);
  return content;
}

function fail(why) {
  console.error(why);
  process.exit(1);
}

// --- calling ----------------------------------------------------------------------------------------------------------

async function call(service, action, inside) {
  const header = `<d:header><d:messageId>${randomUUID()}</d:messageId><d:sender>${party}</d:sender>` +
    `<d:recipient>dalel</d:recipient><d:action>${action}</d:action><d:createdAt>${new Date().toISOString()}</d:createdAt></d:header>`;
  const operation = `<d:${action} xmlns:d="${D}">${header}${inside}</d:${action}>`;
  const answer = await fetch(`${url}/soap/v1/${service}`, {
    method: "POST", body: envelope(operation), headers: { "Content-Type": "text/xml; charset=utf-8", SOAPAction: '""' },
  });
  const content = verified(await answer.text());
  const digest = content.match(/<d:receipt>.*?<d:digest>([0-9a-f]{64})</s)?.[1];
  if (digest !== undefined && digest !== sha256(operation, "hex")) fail("the receipt is for something else");
  return content;
}

const one = (content, name) => content.match(new RegExp(`<d:${name}>([^<]*)</d:${name}>`))?.[1];

async function upload(file, name) {
  const [parts, whole, id] = [Math.ceil(file.length / PART), sha256(file, "hex"), randomUUID()];
  let answer = "";
  for (let part = 1; part <= parts; part++) {
    const content = file.subarray((part - 1) * PART, part * PART).toString("base64");
    answer = await call("documents", "PutDocument",
      `<d:uploadId>${id}</d:uploadId><d:part>${part}</d:part><d:parts>${parts}</d:parts><d:size>${file.length}</d:size>` +
      `<d:sha256>${whole}</d:sha256><d:fileName>${name}</d:fileName><d:mediaType>application/octet-stream</d:mediaType>` +
      `<d:content>${content}</d:content>`);
  }
  return { document: one(answer, "documentId"), complete: one(answer, "complete") === "true" };
}

const stored = await upload(Buffer.alloc(PART + 1000, "x"), "big.bin");
const fetched = await call("agency", "FetchMessages", "<d:limit>20</d:limit>");
const messages = [...fetched.matchAll(/<d:envelope>([^<]*)<\/d:envelope>/g)]
  .map(([, text]) => verified(Buffer.from(text, "base64").toString("utf-8")));
// Store each message durably here, by its messageId; a known one gets the receipt that it got before.
const receipts = messages.map((content) =>
  `<d:receipt><d:messageId>${one(content, "messageId")}</d:messageId><d:digest>${sha256(content, "hex")}</d:digest>` +
  `<d:acceptedAt>${new Date().toISOString()}</d:acceptedAt></d:receipt>`);
if (receipts.length > 0) await call("agency", "Acknowledge", receipts.join(""));
console.log(JSON.stringify({ ...stored, acknowledged: messages.map((content) => one(content, "messageId")) }));
