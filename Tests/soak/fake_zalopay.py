"""ZaloPay as the soak needs it: its wire format, its memory of who has paid, and its bad days."""
import hashlib
import hmac
import http.server
import json
import threading
import time

APP_ID = 2553
KEY1 = "PcY4iZIKFCIdgZvA6ueMcMHHUbRLYjPL"
KEY2 = "kLtgPl8HHhfvMuDHPwKfgfsY4Ydm9eIz"


def mac(key, text):
    """HMAC-SHA256 in hexadecimal."""
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()


class FakeZaloPay:
    """Takes orders, remembers money, and answers questions about both."""

    def __init__(self, chance):
        self.chance = chance
        self.lock = threading.Lock()
        #: Reference of an order: its amount.
        self.orders = {}
        #: Name of a movement of money: (reference of the order, amount).
        self.money = {}
        self.forged = 0
        self.next_transaction = 261_125_000_000_001
        fake = self

        class Handler(http.server.BaseHTTPRequestHandler):
            """One request of the service."""

            protocol_version = "HTTP/1.1"

            def do_POST(self):  # pylint: disable=invalid-name
                """Every question is a POST."""
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, answer = fake.answer(self.path, json.loads(body))
                try:
                    self.send_response(status)
                    self.send_header("Content-Length", str(len(answer)))
                    self.end_headers()
                    self.wfile.write(answer)
                except OSError:
                    # The service was killed while it waited for the answer.
                    self.close_connection = True

            def log_message(self, *arguments):  # pylint: disable=arguments-differ
                """Says nothing."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, path, asked):
        """Status and body for a request."""
        with self.lock:
            mood = self.chance.random()
        if path == "/v2/create":
            return self._create(asked, mood)
        if mood < 0.05:
            return 500, b"{}"
        reference = asked["app_trans_id"]
        if asked["mac"] != mac(KEY1, f"{APP_ID}|{reference}|{KEY1}"):
            self.forged += 1
            return 200, b'{"return_code":2,"sub_return_code":-402}'
        with self.lock:
            for transaction, (order, amount) in self.money.items():
                if order == reference:
                    return 200, json.dumps({
                        "return_code": 1, "amount": amount, "zp_trans_id": transaction,
                    }).encode()
        return 200, b'{"return_code":3,"is_processing":false}'

    def _create(self, asked, mood):
        signed = "|".join(str(asked[name]) for name in (
            "app_id", "app_trans_id", "app_user", "amount", "app_time", "embed_data", "item"))
        if asked["mac"] != mac(KEY1, signed):
            self.forged += 1
            return 200, b'{"return_code":2,"sub_return_code":-402}'
        if mood < 0.04:
            return 200, b'{"return_code":2,"sub_return_code":-500}'
        if mood < 0.08:
            return 500, b""
        # Some of the orders below are made, though the answer does not tell so.
        with self.lock:
            self.orders[asked["app_trans_id"]] = asked["amount"]
        if mood < 0.12:
            return 200, b'{"return_code":'
        if mood < 0.16:
            time.sleep(0.4)
        return 200, json.dumps({
            "return_code": 1, "zp_trans_token": "T",
            "order_url": "https://qcgateway.zalopay.vn/openinapp?order=x"}).encode()

    def pay(self, reference, amount):
        """A user pays; the name of the movement of money."""
        with self.lock:
            transaction = self.next_transaction
            self.next_transaction += 1
            self.money[transaction] = (reference, amount)
        return transaction

    def callback(self, transaction):
        """The signed body that tells of a movement of money."""
        with self.lock:
            reference, amount = self.money[transaction]
        data = json.dumps({
            "app_id": APP_ID, "app_trans_id": reference, "amount": amount,
            "zp_trans_id": transaction})
        return json.dumps({"data": data, "mac": mac(KEY2, data), "type": 1}).encode()
