// A body's client of the exchange, Go and nothing else: go run client.go URL PARTY KEY.pem CERT.pem EXCHANGE.pem
//
// Messages are written in exclusive canonical form to begin with, and the exchange writes its own the same way; so no
// XML library is needed for signatures. An answer that is written otherwise does not verify, which is the safe side.
package main

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"regexp"
	"strings"
	"time"
)

const (
	soap   = "http://schemas.xmlsoap.org/soap/envelope/"
	wss    = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
	wsse   = wss + "wssecurity-secext-1.0.xsd"
	wsu    = wss + "wssecurity-utility-1.0.xsd"
	x509v3 = wss + "x509-token-profile-1.0#X509v3"
	ds     = "http://www.w3.org/2000/09/xmldsig#"
	c14n   = "http://www.w3.org/2001/10/xml-exc-c14n#"
	part   = 4 * 1024 * 1024
)

var (
	url, party string
	key        *rsa.PrivateKey
	token      string
	exchange   *rsa.PublicKey
)

// --- signing and verifying -------------------------------------------------------------------------------------------

func sum(data string) []byte { digest := sha256.Sum256([]byte(data)); return digest[:] }

func signedInfo(body, timestamp string) string {
	reference := func(id, data string) string {
		return `<ds:Reference URI="#` + id + `"><ds:Transforms><ds:Transform Algorithm="` + c14n + `"></ds:Transform></ds:Transforms>` +
			`<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></ds:DigestMethod><ds:DigestValue>` +
			base64.StdEncoding.EncodeToString(sum(data)) + `</ds:DigestValue></ds:Reference>`
	}
	return `<ds:SignedInfo xmlns:ds="` + ds + `"><ds:CanonicalizationMethod Algorithm="` + c14n + `"></ds:CanonicalizationMethod>` +
		`<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"></ds:SignatureMethod>` +
		reference("body", body) + reference("timestamp", timestamp) + `</ds:SignedInfo>`
}

func inPlace(info string) string { return strings.Replace(info, ` xmlns:ds="`+ds+`"`, "", 1) }

func bodyApart(content string) string {
	fault := `<soapenv:Fault xmlns:soapenv="` + soap + `">`
	return `<soapenv:Body xmlns:soapenv="` + soap + `" xmlns:wsu="` + wsu + `" wsu:Id="body">` +
		strings.Replace(content, fault, "<soapenv:Fault>", 1) + `</soapenv:Body>`
}

func instant(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.000Z") }

func envelope(operation string) string {
	now := time.Now()
	timestamp := `<wsu:Timestamp xmlns:wsu="` + wsu + `" wsu:Id="timestamp"><wsu:Created>` + instant(now) +
		`</wsu:Created><wsu:Expires>` + instant(now.Add(5*time.Minute)) + `</wsu:Expires></wsu:Timestamp>`
	info := signedInfo(bodyApart(operation), timestamp)
	value, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum(info))
	must(err)
	return `<soapenv:Envelope xmlns:soapenv="` + soap + `"><soapenv:Header><wsse:Security xmlns:wsse="` + wsse +
		`" soapenv:mustUnderstand="1">` + timestamp + `<wsse:BinarySecurityToken xmlns:wsu="` + wsu + `" EncodingType="` + wss +
		`soap-message-security-1.0#Base64Binary" ValueType="` + x509v3 + `" wsu:Id="token">` + token +
		`</wsse:BinarySecurityToken><ds:Signature xmlns:ds="` + ds + `">` + inPlace(info) + `<ds:SignatureValue>` +
		base64.StdEncoding.EncodeToString(value) + `</ds:SignatureValue><ds:KeyInfo><wsse:SecurityTokenReference>` +
		`<wsse:Reference URI="#token" ValueType="` + x509v3 + `"></wsse:Reference></wsse:SecurityTokenReference></ds:KeyInfo>` +
		`</ds:Signature></wsse:Security></soapenv:Header><soapenv:Body xmlns:wsu="` + wsu + `" wsu:Id="body">` + operation +
		`</soapenv:Body></soapenv:Envelope>`
}

var form = regexp.MustCompile(`(?s)^` + regexp.QuoteMeta(`<soapenv:Envelope xmlns:soapenv="`+soap+`"><soapenv:Header><wsse:Security xmlns:wsse="`+wsse+`" soapenv:mustUnderstand="1">`) +
	`(<wsu:Timestamp xmlns:wsu="` + regexp.QuoteMeta(wsu) + `" wsu:Id="timestamp"><wsu:Created>([^<]*)</wsu:Created><wsu:Expires>([^<]*)</wsu:Expires></wsu:Timestamp>)` +
	`<wsse:BinarySecurityToken [^>]*>[^<]*</wsse:BinarySecurityToken><ds:Signature xmlns:ds="` + regexp.QuoteMeta(ds) + `">` +
	`(<ds:SignedInfo>.*?</ds:SignedInfo>)<ds:SignatureValue>([^<]*)</ds:SignatureValue><ds:KeyInfo>.*?</ds:KeyInfo></ds:Signature></wsse:Security></soapenv:Header>` +
	regexp.QuoteMeta(`<soapenv:Body xmlns:wsu="`+wsu+`" wsu:Id="body">`) + `(.*)</soapenv:Body></soapenv:Envelope>$`)

// verified returns the content of the Body, once the exchange's signature over it and a current Timestamp is proven.
func verified(message string) string {
	found := form.FindStringSubmatch(message)
	if found == nil {
		log.Fatal("not in the exchange's form")
	}
	timestamp, created, expires, info, value, content := found[1], found[2], found[3], found[4], found[5], found[6]
	expected := signedInfo(bodyApart(content), timestamp)
	if inPlace(expected) != info {
		log.Fatal("Body or Timestamp is not what was signed")
	}
	signature, err := base64.StdEncoding.DecodeString(value)
	must(err)
	if rsa.VerifyPKCS1v15(exchange, crypto.SHA256, sum(expected), signature) != nil {
		log.Fatal("not signed by the exchange")
	}
	from, err := time.Parse(time.RFC3339, created)
	must(err)
	until, err := time.Parse(time.RFC3339, expires)
	must(err)
	if time.Until(from) > 5*time.Minute || time.Since(until) > 5*time.Minute {
		log.Fatal("the Timestamp is not current")
	}
	if strings.HasPrefix(content, "<soapenv:Fault") {
		log.Fatal(content)
	}
	return content
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// --- calling ---------------------------------------------------------------------------------------------------------

var receiptDigest = regexp.MustCompile(`(?s)<d:receipt>.*?<d:digest>([0-9a-f]{64})<`)

func uuid() string {
	id := make([]byte, 16)
	_, err := rand.Read(id)
	must(err)
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
}

func call(service, action, inside string) string {
	operation := `<d:` + action + ` xmlns:d="urn:dalel:exchange:v1"><d:header><d:messageId>` + uuid() + `</d:messageId><d:sender>` + party +
		`</d:sender><d:recipient>dalel</d:recipient><d:action>` + action + `</d:action><d:createdAt>` + instant(time.Now()) +
		`</d:createdAt></d:header>` + inside + `</d:` + action + `>`
	answer, err := http.Post(url+"/soap/v1/"+service, "text/xml; charset=utf-8", strings.NewReader(envelope(operation)))
	must(err)
	defer answer.Body.Close()
	data, err := io.ReadAll(answer.Body)
	must(err)
	content := verified(string(data))
	if found := receiptDigest.FindStringSubmatch(content); found != nil && found[1] != hex.EncodeToString(sum(operation)) {
		log.Fatal("the receipt is for something else")
	}
	return content
}

func one(content, name string) string {
	found := regexp.MustCompile(`<d:` + name + `>([^<]*)</d:` + name + `>`).FindStringSubmatch(content)
	if found == nil {
		return ""
	}
	return found[1]
}

func upload(file []byte, name string) (string, bool) {
	parts, whole, id, answer := (len(file)+part-1)/part, sum(string(file)), uuid(), ""
	for number := 1; number <= parts; number++ {
		content := file[(number-1)*part:]
		if len(content) > part {
			content = content[:part]
		}
		answer = call("documents", "PutDocument", fmt.Sprintf(`<d:uploadId>%s</d:uploadId><d:part>%d</d:part><d:parts>%d</d:parts>`+
			`<d:size>%d</d:size><d:sha256>%x</d:sha256><d:fileName>%s</d:fileName><d:mediaType>application/octet-stream</d:mediaType>`+
			`<d:content>%s</d:content>`, id, number, parts, len(file), whole, name, base64.StdEncoding.EncodeToString(content)))
	}
	return one(answer, "documentId"), one(answer, "complete") == "true"
}

func read(path string) []byte {
	data, err := os.ReadFile(path)
	must(err)
	block, _ := pem.Decode(data)
	if block == nil {
		log.Fatal(path + " is no PEM")
	}
	return block.Bytes
}

func main() {
	url, party = os.Args[1], os.Args[2]
	private, err := x509.ParsePKCS8PrivateKey(read(os.Args[3]))
	must(err)
	key = private.(*rsa.PrivateKey)
	token = base64.StdEncoding.EncodeToString(read(os.Args[4]))
	certificate, err := x509.ParseCertificate(read(os.Args[5]))
	must(err)
	exchange = certificate.PublicKey.(*rsa.PublicKey)

	document, complete := upload(bytes.Repeat([]byte("x"), part+1000), "big.bin")
	fetched := call("agency", "FetchMessages", "<d:limit>20</d:limit>")
	receipts, acknowledged := "", []string{}
	envelopes := regexp.MustCompile(`<d:envelope>([^<]*)</d:envelope>`).FindAllStringSubmatch(fetched, -1)
	for _, found := range envelopes {
		message, err := base64.StdEncoding.DecodeString(found[1])
		must(err)
		content := verified(string(message))
		// Store the message durably here, by its messageId; a known one gets the receipt that it got before.
		acknowledged = append(acknowledged, one(content, "messageId"))
		receipts += `<d:receipt><d:messageId>` + one(content, "messageId") + `</d:messageId><d:digest>` + hex.EncodeToString(sum(content)) +
			`</d:digest><d:acceptedAt>` + instant(time.Now()) + `</d:acceptedAt></d:receipt>`
	}
	if receipts != "" {
		call("agency", "Acknowledge", receipts)
	}
	must(json.NewEncoder(os.Stdout).Encode(map[string]any{"document": document, "complete": complete, "acknowledged": acknowledged}))
}
