import java.io.FileInputStream;
import java.io.InputStream;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import javax.xml.crypto.dsig.XMLSignature;
import javax.xml.crypto.dsig.XMLSignatureFactory;
import javax.xml.crypto.dsig.dom.DOMValidateContext;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/**
 * Judges signed envelopes with the validator that every JDK has (JSR 105), secure validation on.
 *
 * <p>Arguments: pairs of a certificate in PEM and an envelope. One line for each pair: accepted, or refused and why. It knows
 * the core of XML-DSig only: digests, the signature, and which algorithms are too weak. Body, Signature, and what may be signed
 * beside the Body are looked up at their places, and the certificate is the one given; all else of a profile is not its business.
 */
public class JudgeEnvelopes {
    private static final String WSS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-";
    private static final String WSSE = WSS + "secext-1.0.xsd";
    private static final String WSU = WSS + "utility-1.0.xsd";

    public static void main(String[] arguments) {
        for (int at = 0; at < arguments.length; at += 2) {
            System.out.println(verdict(arguments[at], arguments[at + 1]));
        }
    }

    private static String verdict(String certificate, String envelope) {
        try {
            return isValid(key(certificate), document(envelope)) ? "accepted" : "refused: the core is not valid";
        } catch (Exception error) {
            return "refused: " + String.valueOf(error.getMessage()).replaceAll("\\s+", " ");
        }
    }

    private static boolean isValid(PublicKey key, Document document) throws Exception {
        String soap = document.getDocumentElement().getNamespaceURI();
        Element security = child(child(document.getDocumentElement(), soap, "Header"), WSSE, "Security");
        DOMValidateContext context = new DOMValidateContext(key, child(security, XMLSignature.XMLNS, "Signature"));
        context.setProperty("org.jcp.xml.dsig.secureValidation", Boolean.TRUE);
        named(context, child(document.getDocumentElement(), soap, "Body"));
        for (Element parent : new Element[] {security, child(document.getDocumentElement(), soap, "Header")}) {
            for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
                if (node instanceof Element) {
                    named(context, (Element) node);
                }
            }
        }
        XMLSignatureFactory factory = XMLSignatureFactory.getInstance("DOM");
        return factory.unmarshalXMLSignature(context).validate(context);
    }

    private static void named(DOMValidateContext context, Element part) {
        if (part.hasAttributeNS(WSU, "Id")) {
            context.setIdAttributeNS(part, WSU, "Id");
        } else if (part.hasAttribute("Id")) {
            context.setIdAttributeNS(part, null, "Id");
        }
    }

    private static Element child(Element parent, String namespace, String name) {
        for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (namespace.equals(node.getNamespaceURI()) && name.equals(node.getLocalName())) {
                return (Element) node;
            }
        }
        throw new IllegalArgumentException("no " + name + " at its place");
    }

    private static PublicKey key(String path) throws Exception {
        try (InputStream pem = new FileInputStream(path)) {
            return CertificateFactory.getInstance("X.509").generateCertificate(pem).getPublicKey();
        }
    }

    private static Document document(String path) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        try (InputStream xml = new FileInputStream(path)) {
            return factory.newDocumentBuilder().parse(xml);
        }
    }
}
