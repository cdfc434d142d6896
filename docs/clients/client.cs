// A body's client of the exchange in C#. THIS FILE WAS NEVER RUN: there is no .NET where our tests run. It shows which
// classes and settings are meant; the other clients beside it are tested and do the same.
//
// .NET 8, package System.Security.Cryptography.Xml: dotnet run URL PARTY KEY.pem CERT.pem EXCHANGE.pem
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Security.Cryptography.Xml;
using System.Text;
using System.Xml;

const string Soap = "http://schemas.xmlsoap.org/soap/envelope/";
const string Wss = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-";
const string Wsse = Wss + "wssecurity-secext-1.0.xsd";
const string Wsu = Wss + "wssecurity-utility-1.0.xsd";
const string D = "urn:dalel:exchange:v1";

var (url, party) = (args[0], args[1]);
using var own = X509Certificate2.CreateFromPemFile(args[3], args[2]);
using var exchange = X509Certificate2.CreateFromPem(File.ReadAllText(args[4]));
using var http = new HttpClient();

string Now(int later = 0) => DateTime.UtcNow.AddSeconds(later).ToString("yyyy-MM-ddTHH:mm:ss.fffZ");

XmlDocument Parse(string xml)
{
    var document = new XmlDocument { PreserveWhitespace = true, XmlResolver = null };
    using var reader = XmlReader.Create(new StringReader(xml), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
    document.Load(reader);
    return document;
}

// The one child of this name, at its place and never found by searching.
XmlElement Child(XmlElement parent, string space, string name) =>
    parent.ChildNodes.OfType<XmlElement>().Single(node => node.NamespaceURI == space && node.LocalName == name);

string Sign(string operation)
{
    var document = Parse($"""<soapenv:Envelope xmlns:soapenv="{Soap}"><soapenv:Header><wsse:Security xmlns:wsse="{Wsse}" xmlns:wsu="{Wsu}" soapenv:mustUnderstand="1"><wsu:Timestamp wsu:Id="timestamp"><wsu:Created>{Now()}</wsu:Created><wsu:Expires>{Now(300)}</wsu:Expires></wsu:Timestamp><wsse:BinarySecurityToken EncodingType="{Wss}soap-message-security-1.0#Base64Binary" ValueType="{Wss}x509-token-profile-1.0#X509v3" wsu:Id="token">{Convert.ToBase64String(own.RawData)}</wsse:BinarySecurityToken></wsse:Security></soapenv:Header><soapenv:Body xmlns:wsu="{Wsu}" wsu:Id="body">{operation}</soapenv:Body></soapenv:Envelope>""");
    var signed = new WssSignedXml(document) { SigningKey = own.GetRSAPrivateKey() };
    signed.SignedInfo!.CanonicalizationMethod = SignedXml.XmlDsigExcC14NTransformUrl;
    signed.SignedInfo.SignatureMethod = SignedXml.XmlDsigRSASHA256Url;
    foreach (var id in new[] { "body", "timestamp" })
    {
        var reference = new Reference("#" + id) { DigestMethod = SignedXml.XmlDsigSHA256Url };
        reference.AddTransform(new XmlDsigExcC14NTransform());
        signed.AddReference(reference);
    }
    var named = Parse($"""<wsse:SecurityTokenReference xmlns:wsse="{Wsse}"><wsse:Reference URI="#token" ValueType="{Wss}x509-token-profile-1.0#X509v3"/></wsse:SecurityTokenReference>""");
    signed.KeyInfo = new KeyInfo();
    signed.KeyInfo.AddClause(new KeyInfoNode(named.DocumentElement!));
    signed.ComputeSignature();
    Child(Child(document.DocumentElement!, Soap, "Header"), Wsse, "Security").AppendChild(document.ImportNode(signed.GetXml(), true));
    return document.OuterXml;
}

// The operation, once the exchange's signature over its Body and a current Timestamp is proven.
XmlElement Verified(string envelope)
{
    var root = Parse(envelope).DocumentElement!;
    var body = Child(root, Soap, "Body");
    var security = Child(Child(root, Soap, "Header"), Wsse, "Security");
    var timestamp = Child(security, Wsu, "Timestamp");
    var signed = new WssSignedXml(root.OwnerDocument);
    signed.LoadXml(Child(security, SignedXml.XmlDsigNamespaceUrl, "Signature"));
    var uris = signed.SignedInfo!.References.Cast<Reference>().Select(reference => reference.Uri).ToHashSet();
    if (!uris.SetEquals(new[] { "#" + body.GetAttribute("Id", Wsu), "#" + timestamp.GetAttribute("Id", Wsu) })) throw new CryptographicException("Body and Timestamp are not what is signed");
    if (!signed.CheckSignature(exchange.GetRSAPublicKey()!)) throw new CryptographicException("not signed by the exchange");
    var created = DateTimeOffset.Parse(Child(timestamp, Wsu, "Created").InnerText);
    var expires = DateTimeOffset.Parse(Child(timestamp, Wsu, "Expires").InnerText);
    if (created > DateTimeOffset.UtcNow.AddMinutes(5) || expires < DateTimeOffset.UtcNow.AddMinutes(-5)) throw new CryptographicException("the Timestamp is not current");
    var operation = body.ChildNodes.OfType<XmlElement>().Single();
    if (operation.LocalName == "Fault") throw new InvalidOperationException(operation.OuterXml);
    return operation;
}

async Task<XmlElement> Call(string service, string action, string inside)
{
    var header = $"<d:header><d:messageId>{Guid.NewGuid()}</d:messageId><d:sender>{party}</d:sender><d:recipient>dalel</d:recipient><d:action>{action}</d:action><d:createdAt>{Now()}</d:createdAt></d:header>";
    var operation = $"<d:{action} xmlns:d=\"{D}\">{header}{inside}</d:{action}>";
    using var content = new StringContent(Sign(operation), Encoding.UTF8, "text/xml");
    content.Headers.Add("SOAPAction", "\"\"");
    using var answer = await http.PostAsync($"{url}/soap/v1/{service}", content);
    return Verified(await answer.Content.ReadAsStringAsync());
}

var fetched = await Call("agency", "FetchMessages", "<d:limit>20</d:limit>");
foreach (XmlElement envelope in fetched.GetElementsByTagName("envelope", D))
{
    var message = Verified(Encoding.UTF8.GetString(Convert.FromBase64String(envelope.InnerText)));
    Console.WriteLine(message.OuterXml);  // store it durably, then Acknowledge with a receipt, as the other clients do
}

// SignedXml looks for the attribute Id without a namespace; WS-Security has wsu:Id.
sealed class WssSignedXml(XmlDocument document) : SignedXml(document)
{
    public override XmlElement? GetIdElement(XmlDocument? document, string idValue) =>
        document!.SelectNodes("//*")!.OfType<XmlElement>().SingleOrDefault(node => node.GetAttribute("Id", "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd") == idValue);
}
