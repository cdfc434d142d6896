<?php
// A body's client of the exchange, PHP 8.2 with soap, dom and openssl: php client.php URL PARTY KEY.pem CERT.pem EXCHANGE.pem
//
// SoapClient makes the operation from the WSDL; what it does not do is sign. __doRequest signs what it made, with DOM's
// canonical form and openssl, and verifies what comes back before SoapClient sees it.
declare(strict_types=1);

[, $url, $party, $keyFile, $certificateFile, $exchangeFile] = $argv;

const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/';
const WSS = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-';
const WSSE = WSS . 'wssecurity-secext-1.0.xsd';
const WSU = WSS . 'wssecurity-utility-1.0.xsd';
const DS = 'http://www.w3.org/2000/09/xmldsig#';
const C14N = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256';
const RSA = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';
const X509 = WSS . 'x509-token-profile-1.0#X509v3';
const PART = 4 * 1024 * 1024;

function instant(int $later = 0): string
{
    return gmdate('Y-m-d\TH:i:s\Z', time() + $later);
}

function uuid(): string
{
    $id = random_bytes(16);
    $id[6] = chr(ord($id[6]) & 0x0f | 0x40);
    $id[8] = chr(ord($id[8]) & 0x3f | 0x80);
    return vsprintf('%s%s-%s-%s-%s-%s%s%s', str_split(bin2hex($id), 4));
}

function digest(DOMElement $part): string
{
    return base64_encode(hash('sha256', $part->C14N(true), true));
}

function parse(string $xml): DOMDocument
{
    $document = new DOMDocument();
    if (stripos($xml, '<!DOCTYPE') !== false || !$document->loadXML($xml, LIBXML_NONET | LIBXML_PARSEHUGE)) {
        throw new RuntimeException('no XML that we read');
    }
    return $document;
}

/** The one child of this name, at its place and never found by searching. */
function child(DOMElement $parent, string $namespace, string $name): DOMElement
{
    $found = [];
    foreach ($parent->childNodes as $node) {
        if ($node instanceof DOMElement && $node->namespaceURI === $namespace && $node->localName === $name) {
            $found[] = $node;
        }
    }
    if (count($found) !== 1) {
        throw new RuntimeException("not one $name in {$parent->localName}");
    }
    return $found[0];
}

/** The operation, once the exchange's signature over its Body and a current Timestamp is proven. */
function verified(string $envelope, OpenSSLAsymmetricKey $exchange): DOMElement
{
    $root = parse($envelope)->documentElement;
    $body = child($root, SOAP, 'Body');
    $security = child(child($root, SOAP, 'Header'), WSSE, 'Security');
    $timestamp = child($security, WSU, 'Timestamp');
    $signature = child($security, DS, 'Signature');
    $info = child($signature, DS, 'SignedInfo');
    $expected = signedInfo(digest($body), digest($timestamp), $body->getAttributeNS(WSU, 'Id'), $timestamp->getAttributeNS(WSU, 'Id'));
    $value = base64_decode(child($signature, DS, 'SignatureValue')->textContent, true);
    if (parse($expected)->documentElement->C14N(true) !== $info->C14N(true)) {
        throw new RuntimeException('Body or Timestamp is not what was signed');
    }
    if (openssl_verify($info->C14N(true), (string) $value, $exchange, OPENSSL_ALGO_SHA256) !== 1) {
        throw new RuntimeException('not signed by the exchange');
    }
    [$created, $expires] = array_map(fn ($name) => strtotime(child($timestamp, WSU, $name)->textContent), ['Created', 'Expires']);
    if ($created > time() + 300 || $expires < time() - 300) {
        throw new RuntimeException('the Timestamp is not current');
    }
    return $body->firstElementChild;
}

function signedInfo(string $body, string $timestamp, string $bodyId, string $timestampId): string
{
    $reference = fn ($id, $value) => "<ds:Reference URI=\"#$id\"><ds:Transforms><ds:Transform Algorithm=\"" . C14N . '"/></ds:Transforms>'
        . '<ds:DigestMethod Algorithm="' . SHA256 . "\"/><ds:DigestValue>$value</ds:DigestValue></ds:Reference>";
    return '<ds:SignedInfo xmlns:ds="' . DS . '"><ds:CanonicalizationMethod Algorithm="' . C14N . '"/><ds:SignatureMethod Algorithm="'
        . RSA . '"/>' . $reference($bodyId, $body) . $reference($timestampId, $timestamp) . '</ds:SignedInfo>';
}

final class SigningClient extends SoapClient
{
    public string $sentDigest = '';

    public function __construct(string $wsdl, private OpenSSLAsymmetricKey $key, private string $token, private OpenSSLAsymmetricKey $exchange)
    {
        parent::__construct($wsdl, ['cache_wsdl' => WSDL_CACHE_NONE, 'features' => SOAP_SINGLE_ELEMENT_ARRAYS, 'keep_alive' => true]);
    }

    public function __doRequest(string $request, string $location, string $action, int $version, bool $oneWay = false): ?string
    {
        $signed = $this->signed(parse($request));
        $answer = parent::__doRequest($signed, $location, $action, $version, $oneWay);
        verified((string) $answer, $this->exchange);
        return $answer;
    }

    private function signed(DOMDocument $document): string
    {
        $root = $document->documentElement;
        $body = child($root, SOAP, 'Body');
        $this->sentDigest = hash('sha256', $body->firstElementChild->C14N(true));
        $body->setAttributeNS(WSU, 'wsu:Id', 'body');
        $header = parse('<e:Header xmlns:e="' . SOAP . '"><wsse:Security xmlns:wsse="' . WSSE . '" xmlns:wsu="' . WSU . '" e:mustUnderstand="1">'
            . '<wsu:Timestamp wsu:Id="timestamp"><wsu:Created>' . instant() . '</wsu:Created><wsu:Expires>' . instant(300) . '</wsu:Expires></wsu:Timestamp>'
            . '<wsse:BinarySecurityToken EncodingType="' . WSS . 'soap-message-security-1.0#Base64Binary" ValueType="' . X509 . '" wsu:Id="token">'
            . $this->token . '</wsse:BinarySecurityToken></wsse:Security></e:Header>');
        $header = $root->insertBefore($document->importNode($header->documentElement, true), $body);
        $security = child($header, WSSE, 'Security');
        $info = signedInfo(digest($body), digest(child($security, WSU, 'Timestamp')), 'body', 'timestamp');
        openssl_sign(parse($info)->documentElement->C14N(true), $value, $this->key, OPENSSL_ALGO_SHA256);
        $signature = parse('<ds:Signature xmlns:ds="' . DS . '">' . $info . '<ds:SignatureValue>' . base64_encode($value) . '</ds:SignatureValue>'
            . '<ds:KeyInfo><wsse:SecurityTokenReference xmlns:wsse="' . WSSE . '"><wsse:Reference URI="#token" ValueType="' . X509
            . '"/></wsse:SecurityTokenReference></ds:KeyInfo></ds:Signature>');
        $security->appendChild($document->importNode($signature->documentElement, true));
        return $document->saveXML();
    }
}

$key = openssl_pkey_get_private('file://' . $keyFile);
$exchange = openssl_pkey_get_public('file://' . $exchangeFile);
$token = preg_replace('/-----[^-]+-----|\s/', '', file_get_contents($certificateFile));
$client = fn (string $service) => new SigningClient("$url/soap/v1/$service?wsdl", $key, $token, $exchange);
$header = fn (string $action) => ['messageId' => uuid(), 'sender' => $party, 'recipient' => 'dalel', 'action' => $action, 'createdAt' => instant()];

$documents = $client('documents');
$file = str_repeat('x', PART + 1000);
$parts = (int) ceil(strlen($file) / PART);
$upload = uuid();
for ($part = 1; $part <= $parts; $part++) {
    $stored = $documents->PutDocument([
        'header' => $header('PutDocument'), 'uploadId' => $upload, 'part' => $part, 'parts' => $parts, 'size' => strlen($file),
        'sha256' => hash('sha256', $file), 'fileName' => 'big.bin', 'mediaType' => 'application/octet-stream',
        'content' => substr($file, ($part - 1) * PART, PART),
    ]);
    if ($stored->receipt->digest !== $documents->sentDigest) {
        throw new RuntimeException('the receipt is for something else');
    }
}

$agency = $client('agency');
$fetched = $agency->FetchMessages(['header' => $header('FetchMessages'), 'limit' => 20]);
$receipts = [];
foreach ($fetched->items ?? [] as $item) {
    $operation = verified($item->envelope, $exchange);
    // Store the message durably here, by its messageId; a known one gets the receipt that it got before.
    $receipts[] = ['messageId' => $item->messageId, 'digest' => hash('sha256', $operation->C14N(true)), 'acceptedAt' => instant()];
}
if ($receipts !== []) {
    $agency->Acknowledge(['header' => $header('Acknowledge'), 'receipt' => $receipts]);
}
echo json_encode(['document' => $stored->documentId, 'complete' => $stored->complete, 'acknowledged' => array_column($receipts, 'messageId')]), "\n";
