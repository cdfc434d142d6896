import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import javax.xml.crypto.dom.DOMStructure;
import javax.xml.crypto.dsig.CanonicalizationMethod;
import javax.xml.crypto.dsig.DigestMethod;
import javax.xml.crypto.dsig.Reference;
import javax.xml.crypto.dsig.SignedInfo;
import javax.xml.crypto.dsig.XMLSignature;
import javax.xml.crypto.dsig.XMLSignatureFactory;
import javax.xml.crypto.dsig.dom.DOMSignContext;
import javax.xml.crypto.dsig.dom.DOMValidateContext;
import javax.xml.crypto.dsig.keyinfo.KeyInfoFactory;
import javax.xml.crypto.dsig.spec.C14NMethodParameterSpec;
import javax.xml.crypto.dsig.spec.TransformParameterSpec;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/**
 * A body's client of the exchange, JDK 17 and nothing else: java Client.java URL PARTY KEY.pem CERT.pem EXCHANGE.pem
 *
 * <p>Signatures are the JDK's own (JSR 105). Operations are written in exclusive canonical form to begin with, so that
 * their digest is that of their bytes.
 */
public class Client {
    private static final String SOAP = "http://schemas.xmlsoap.org/soap/envelope/";
    private static final String WSS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-";
    private static final String WSSE = WSS + "wssecurity-secext-1.0.xsd";
    private static final String WSU = WSS + "wssecurity-utility-1.0.xsd";
    private static final String X509 = WSS + "x509-token-profile-1.0#X509v3";
    private static final String D = "urn:dalel:exchange:v1";
    private static final String C14N = CanonicalizationMethod.EXCLUSIVE;
    private static final String RSA = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
    private static final int PART = 4 * 1024 * 1024;
    private static final XMLSignatureFactory SIGNATURES = XMLSignatureFactory.getInstance("DOM");

    private final HttpClient http = HttpClient.newHttpClient();
    private final String url;
    private final String party;
    private final PrivateKey key;
    private final String token;
    private final PublicKey exchange;

    Client(String url, String party, PrivateKey key, X509Certificate certificate, PublicKey exchange) throws Exception {
        this.url = url;
        this.party = party;
        this.key = key;
        this.token = base64(certificate.getEncoded());
        this.exchange = exchange;
    }

    public static void main(String[] given) throws Exception {
        byte[] der = Base64.getMimeDecoder().decode(Files.readString(Path.of(given[2])).replaceAll("-----[^-]+-----", ""));
        PrivateKey key = KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(der));
        Client client = new Client(given[0], given[1], key, certificate(given[3]), certificate(given[4]).getPublicKey());
        byte[] file = new byte[PART + 1000];
        Arrays.fill(file, (byte) 'x');
        Element stored = client.upload(file, "big.bin");
        List<String> acknowledged = client.emptyMailbox();
        System.out.printf("{\"document\": \"%s\", \"complete\": %s, \"acknowledged\": [%s]}%n",
                text(stored, "documentId"), text(stored, "complete"), String.join(", ", acknowledged));
    }

    // --- what a body does ---------------------------------------------------------------------------------------------

    private Element upload(byte[] file, String name) throws Exception {
        int parts = (file.length + PART - 1) / PART;
        String id = UUID.randomUUID().toString();
        Element answer = null;
        for (int part = 1; part <= parts; part++) {
            byte[] content = Arrays.copyOfRange(file, (part - 1) * PART, Math.min(part * PART, file.length));
            answer = call("documents", "PutDocument", leaf("uploadId", id) + leaf("part", part) + leaf("parts", parts)
                    + leaf("size", file.length) + leaf("sha256", sha256(file)) + leaf("fileName", name)
                    + leaf("mediaType", "application/octet-stream") + leaf("content", base64(content)));
        }
        return answer;
    }

    private List<String> emptyMailbox() throws Exception {
        NodeList items = call("agency", "FetchMessages", leaf("limit", 20)).getElementsByTagNameNS(D, "envelope");
        List<String> receipts = new ArrayList<>();
        List<String> ids = new ArrayList<>();
        for (int at = 0; at < items.getLength(); at++) {
            Element operation = verified(Base64.getMimeDecoder().decode(items.item(at).getTextContent()));
            // Store the message durably here, by its messageId; a known one gets the receipt that it got before.
            ids.add("\"" + text(operation, "messageId") + "\"");
            receipts.add("<d:receipt>" + leaf("messageId", text(operation, "messageId"))
                    + leaf("digest", sha256(canonical(operation))) + leaf("acceptedAt", now()) + "</d:receipt>");
        }
        if (!receipts.isEmpty()) {
            call("agency", "Acknowledge", String.join("", receipts));
        }
        return ids;
    }

    private Element call(String service, String action, String inside) throws Exception {
        String header = "<d:header>" + leaf("messageId", UUID.randomUUID()) + leaf("sender", party)
                + leaf("recipient", "dalel") + leaf("action", action) + leaf("createdAt", now()) + "</d:header>";
        String operation = "<d:" + action + " xmlns:d=\"" + D + "\">" + header + inside + "</d:" + action + ">";
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/soap/v1/" + service))
                .header("Content-Type", "text/xml; charset=utf-8").header("SOAPAction", "\"\"").timeout(Duration.ofSeconds(90))
                .POST(HttpRequest.BodyPublishers.ofByteArray(signed(operation))).build();
        Element answer = verified(http.send(request, HttpResponse.BodyHandlers.ofByteArray()).body());
        NodeList digest = answer.getElementsByTagNameNS(D, "digest");
        if (digest.getLength() > 0 && !digest.item(0).getTextContent().equals(sha256(operation.getBytes(StandardCharsets.UTF_8)))) {
            throw new IllegalStateException("the receipt is for something else");
        }
        return answer;
    }

    // --- signing and verifying ----------------------------------------------------------------------------------------

    private byte[] signed(String operation) throws Exception {
        Document document = parse(("<soapenv:Envelope xmlns:soapenv=\"" + SOAP + "\"><soapenv:Header><wsse:Security xmlns:wsse=\"" + WSSE
                + "\" soapenv:mustUnderstand=\"1\"><wsu:Timestamp xmlns:wsu=\"" + WSU + "\" wsu:Id=\"timestamp\"><wsu:Created>" + now()
                + "</wsu:Created><wsu:Expires>" + Instant.now().plusSeconds(300).truncatedTo(ChronoUnit.MILLIS)
                + "</wsu:Expires></wsu:Timestamp><wsse:BinarySecurityToken xmlns:wsu=\"" + WSU + "\" EncodingType=\"" + WSS
                + "soap-message-security-1.0#Base64Binary\" ValueType=\"" + X509 + "\" wsu:Id=\"token\">" + token
                + "</wsse:BinarySecurityToken></wsse:Security></soapenv:Header><soapenv:Body xmlns:wsu=\"" + WSU
                + "\" wsu:Id=\"body\">" + operation + "</soapenv:Body></soapenv:Envelope>").getBytes(StandardCharsets.UTF_8));
        Element security = child(child(document.getDocumentElement(), SOAP, "Header"), WSSE, "Security");
        SignedInfo info = SIGNATURES.newSignedInfo(
                SIGNATURES.newCanonicalizationMethod(C14N, (C14NMethodParameterSpec) null),
                SIGNATURES.newSignatureMethod(RSA, null), List.of(reference("body"), reference("timestamp")));
        Element named = (Element) document.importNode(parse(("<wsse:SecurityTokenReference xmlns:wsse=\"" + WSSE
                + "\"><wsse:Reference URI=\"#token\" ValueType=\"" + X509 + "\"/></wsse:SecurityTokenReference>")
                .getBytes(StandardCharsets.UTF_8)).getDocumentElement(), true);
        KeyInfoFactory infos = SIGNATURES.getKeyInfoFactory();
        DOMSignContext context = new DOMSignContext(key, security);
        context.setDefaultNamespacePrefix("ds");
        context.setIdAttributeNS(child(document.getDocumentElement(), SOAP, "Body"), WSU, "Id");
        context.setIdAttributeNS(child(security, WSU, "Timestamp"), WSU, "Id");
        SIGNATURES.newXMLSignature(info, infos.newKeyInfo(List.of(new DOMStructure(named)))).sign(context);
        return written(document.getDocumentElement());
    }

    private static Reference reference(String id) throws Exception {
        return SIGNATURES.newReference("#" + id, SIGNATURES.newDigestMethod(DigestMethod.SHA256, null),
                List.of(SIGNATURES.newTransform(C14N, (TransformParameterSpec) null)), null, null);
    }

    /** The operation, once the exchange's signature over its Body and a current Timestamp is proven. */
    private Element verified(byte[] envelope) throws Exception {
        Element root = parse(envelope).getDocumentElement();
        Element body = child(root, SOAP, "Body");
        Element security = child(child(root, SOAP, "Header"), WSSE, "Security");
        Element timestamp = child(security, WSU, "Timestamp");
        DOMValidateContext context = new DOMValidateContext(exchange, child(security, XMLSignature.XMLNS, "Signature"));
        context.setProperty("org.jcp.xml.dsig.secureValidation", Boolean.TRUE);
        context.setIdAttributeNS(body, WSU, "Id");
        context.setIdAttributeNS(timestamp, WSU, "Id");
        XMLSignature signature = SIGNATURES.unmarshalXMLSignature(context);
        Set<String> signed = new TreeSet<>();
        for (Object each : signature.getSignedInfo().getReferences()) {
            signed.add(((Reference) each).getURI());
        }
        Set<String> expected = new TreeSet<>(List.of("#" + body.getAttributeNS(WSU, "Id"), "#" + timestamp.getAttributeNS(WSU, "Id")));
        if (!signed.equals(expected) || !signature.getSignedInfo().getSignatureMethod().getAlgorithm().equals(RSA)) {
            throw new IllegalStateException("Body and Timestamp are not what is signed");
        }
        if (!signature.validate(context)) {
            throw new IllegalStateException("not signed by the exchange");
        }
        Instant created = Instant.parse(child(timestamp, WSU, "Created").getTextContent());
        Instant expires = Instant.parse(child(timestamp, WSU, "Expires").getTextContent());
        if (created.isAfter(Instant.now().plusSeconds(300)) || expires.isBefore(Instant.now().minusSeconds(300))) {
            throw new IllegalStateException("the Timestamp is not current");
        }
        Element operation = (Element) body.getFirstChild();
        if (SOAP.equals(operation.getNamespaceURI())) {
            throw new IllegalStateException(new String(written(operation), StandardCharsets.UTF_8));
        }
        return operation;
    }

    // --- XML ----------------------------------------------------------------------------------------------------------

    private static byte[] canonical(Element element) throws Exception {
        try (ByteArrayOutputStream out = new ByteArrayOutputStream()) {
            // The JDK lets its canonicalizer be used through a transform only.
            var transformed = (javax.xml.crypto.OctetStreamData) SIGNATURES.newTransform(C14N, (TransformParameterSpec) null)
                    .transform(new Subtree(element), new DOMSignContext(new javax.crypto.spec.SecretKeySpec(new byte[1], "x"), element));
            transformed.getOctetStream().transferTo(out);
            return out.toByteArray();
        }
    }

    /** An element with all that is below it, as the transforms of JSR 105 take it. */
    private record Subtree(Element apex) implements javax.xml.crypto.NodeSetData<Node> {
        @Override
        public java.util.Iterator<Node> iterator() {
            List<Node> nodes = new ArrayList<>();
            collect(apex, nodes);
            return nodes.iterator();
        }

        private static void collect(Node node, List<Node> into) {
            into.add(node);
            if (node.getAttributes() != null) {
                for (int at = 0; at < node.getAttributes().getLength(); at++) {
                    into.add(node.getAttributes().item(at));
                }
            }
            for (Node child = node.getFirstChild(); child != null; child = child.getNextSibling()) {
                collect(child, into);
            }
        }
    }

    private static Document parse(byte[] xml) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        return factory.newDocumentBuilder().parse(new ByteArrayInputStream(xml));
    }

    private static byte[] written(Element element) throws Exception {
        Transformer transformer = TransformerFactory.newInstance().newTransformer();
        transformer.setOutputProperty(OutputKeys.OMIT_XML_DECLARATION, "yes");
        StringWriter out = new StringWriter();
        transformer.transform(new DOMSource(element), new StreamResult(out));
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** The one child of this name, at its place and never found by searching. */
    private static Element child(Element parent, String namespace, String name) {
        Element found = null;
        for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (namespace.equals(node.getNamespaceURI()) && name.equals(node.getLocalName())) {
                if (found != null) {
                    throw new IllegalStateException("more than one " + name);
                }
                found = (Element) node;
            }
        }
        if (found == null) {
            throw new IllegalStateException("no " + name + " at its place");
        }
        return found;
    }

    private static String text(Element operation, String name) {
        return operation.getElementsByTagNameNS(D, name).item(0).getTextContent();
    }

    private static String leaf(String name, Object value) {
        return "<d:" + name + ">" + value + "</d:" + name + ">";
    }

    private static String now() {
        return Instant.now().truncatedTo(ChronoUnit.MILLIS).toString();
    }

    private static String base64(byte[] data) {
        return Base64.getEncoder().encodeToString(data);
    }

    private static String sha256(byte[] data) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(data));
    }

    private static X509Certificate certificate(String path) throws Exception {
        byte[] pem = Files.readAllBytes(Path.of(path));
        return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(pem));
    }
}
