"""Opens a page in headless Chromium and carries out steps in it, over the DevTools protocol.

    browser.py CHROMIUM PAGE < request.json > answer.json

The request: width, height, dark, media ("print"), steps, screenshot (a path), timeout in seconds. A
step is an expression to evaluate, or {"key": "Enter"} for a key that is pressed. The answer: the values
of the expressions, what the page wrote to its console, its exceptions and what it asked of a network.
"""
import base64, json, os, select, shutil, signal, subprocess, sys, tempfile, time


class Browser:
    def __init__(self, program, folder, deadline):
        self.deadline = deadline
        to_read, self.to = os.pipe()
        self.source, from_write = os.pipe()
        # The protocol wants its pipes at 3 and 4; neither is allowed to be overwritten before it moved.
        high = [os.dup(os.dup(os.dup(to_read))), os.dup(os.dup(os.dup(from_write)))]
        def place():
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)
        self.process = subprocess.Popen(
            [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync",
             "--hide-scrollbars", f"--user-data-dir={folder}", "--remote-debugging-pipe", "about:blank"],
            preexec_fn=place, close_fds=False, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.rest, self.number, self.events = b"", 0, []

    def message(self):
        while b"\0" not in self.rest:
            left = self.deadline - time.monotonic()
            if left <= 0 or not select.select([self.source], [], [], left)[0]:
                raise TimeoutError("the browser took too long")
            part = os.read(self.source, 1 << 20)
            if not part:
                raise EOFError("the browser ended")
            self.rest += part
        text, self.rest = self.rest.split(b"\0", 1)
        return json.loads(text)

    def call(self, method, session=None, **parameters):
        self.number += 1
        request = {"id": self.number, "method": method, "params": parameters}
        if session:
            request["sessionId"] = session
        data = json.dumps(request).encode() + b"\0"
        while data:
            data = data[os.write(self.to, data):]
        while True:
            message = self.message()
            if message.get("id") == self.number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                return message["result"]
            self.events.append(message)

    def wait(self, method):
        while not any(event.get("method") == method for event in self.events):
            self.events.append(self.message())


def carry_out(browser, page, request):
    target = browser.call("Target.createTarget", url="about:blank")["targetId"]
    session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
    def call(method, **parameters):
        return browser.call(method, session, **parameters)
    for domain in ["Page", "Runtime", "Log", "Network"]:
        call(f"{domain}.enable")
    width, height = request.get("width", 1280), request.get("height", 900)
    call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
    scheme = "dark" if request.get("dark") else "light"
    call("Emulation.setEmulatedMedia", media=request.get("media", ""),
         features=[{"name": "prefers-color-scheme", "value": scheme}])
    call("Emulation.setScriptExecutionDisabled", value=request.get("noscript", False))
    start = time.monotonic()
    call("Page.navigate", url=page)
    browser.wait("Page.loadEventFired")
    loaded = time.monotonic() - start
    values = []
    for step in request.get("steps", []):
        if isinstance(step, dict):
            for kind in ["keyDown", "keyUp"]:
                text = {"text": "\r"} if step["key"] == "Enter" and kind == "keyDown" else {}
                call("Input.dispatchKeyEvent", type=kind, key=step["key"], code=step["key"],
                     windowsVirtualKeyCode=step.get("code", 0), **text)
            continue
        result = call("Runtime.evaluate", expression=step, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise RuntimeError(f"{step}: {result['exceptionDetails']}")
        values.append(result["result"].get("value"))
    if "screenshot" in request:
        if request.get("pdf"):
            picture = call("Page.printToPDF", printBackground=True, preferCSSPageSize=True)
        else:
            picture = call("Page.captureScreenshot", format="png")
        with open(request["screenshot"], "wb") as file:
            file.write(base64.b64decode(picture["data"]))
    found = {"values": values, "console": [], "exceptions": [], "requests": [], "loaded_s": round(loaded, 3)}
    for event in browser.events:
        method, parameters = event.get("method"), event.get("params", {})
        if method == "Runtime.consoleAPICalled":
            found["console"].append(str(parameters["args"]))
        elif method == "Log.entryAdded":
            found["console"].append(parameters["entry"]["text"])
        elif method == "Runtime.exceptionThrown":
            found["exceptions"].append(str(parameters["exceptionDetails"]))
        elif method == "Network.requestWillBeSent":
            found["requests"].append(parameters["request"]["url"])
    return found


def main():
    program, page = sys.argv[1:]
    request = json.load(sys.stdin)
    folder = tempfile.mkdtemp(prefix="prober-browser-")
    browser = Browser(program, folder, time.monotonic() + request.get("timeout", 60))
    try:
        json.dump(carry_out(browser, page, request), sys.stdout)
    finally:
        os.killpg(browser.process.pid, signal.SIGKILL)
        browser.process.wait()
        shutil.rmtree(folder, ignore_errors=True)


main()
