package lsp

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
)

// maxMessage bounds one message from the client, in bytes. An editor sends a
// whole document in one message, so the limit is that of a document.
const maxMessage = 64 << 20

// message is a JSON-RPC 2.0 request, notification or response. A notification
// has no ID; a response has no Method.
type message struct {
	Version string           `json:"jsonrpc"`
	ID      *json.RawMessage `json:"id,omitempty"`
	Method  string           `json:"method,omitempty"`
	Params  json.RawMessage  `json:"params,omitempty"`
	Result  any              `json:"result,omitempty"`
	Error   *rpcError        `json:"error,omitempty"`
}

// rpcError is JSON-RPC's error object.
type rpcError struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

func (e *rpcError) Error() string { return e.Message }

// The error codes of JSON-RPC and LSP that this server answers with.
const (
	codeParse          = -32700
	codeInvalidRequest = -32600
	codeNoMethod       = -32601
	codeInvalidParams  = -32602
	codeNotInitialized = -32002
)

// wire reads and writes messages framed by a Content-Length header, as the base
// protocol of LSP has it. Reading is for one goroutine, writing for any.
type wire struct {
	in  *bufio.Reader
	mu  sync.Mutex // serialises writes: a message must not be cut by another
	out io.Writer
}

func newWire(in io.Reader, out io.Writer) *wire {
	return &wire{in: bufio.NewReader(in), out: out}
}

// read returns the next message. It returns io.EOF when the client has closed
// its side between two messages.
func (w *wire) read() (*message, error) {
	n, err := w.header()
	if err != nil {
		return nil, err
	}
	if n > maxMessage {
		return nil, fmt.Errorf("a message of %d bytes is past the limit of %d", n, maxMessage)
	}
	body := make([]byte, n)
	if _, err := io.ReadFull(w.in, body); err != nil {
		return nil, fmt.Errorf("reading a message of %d bytes: %w", n, err)
	}
	var m message
	if err := json.Unmarshal(body, &m); err != nil {
		if json.Valid(body) { // a batch, say, which LSP does not have
			return nil, &rpcError{Code: codeInvalidRequest, Message: "the message is not a request: " + err.Error()}
		}
		return nil, &rpcError{Code: codeParse, Message: "the message is not JSON: " + err.Error()}
	}
	return &m, nil
}

// header reads the lines before a message and gives its length in bytes. A line is
// no longer than the buffer, and there are few of them.
func (w *wire) header() (int, error) {
	length := ""
	for n := range 32 {
		line, err := w.in.ReadSlice('\n')
		if err != nil {
			if errors.Is(err, io.EOF) && n == 0 && len(line) == 0 {
				return 0, io.EOF
			}
			return 0, fmt.Errorf("reading a message header: %w", err)
		}
		field := strings.TrimRight(string(line), "\r\n")
		if field == "" {
			n, err := strconv.Atoi(length)
			if err != nil || n < 0 {
				return 0, fmt.Errorf("a message header has no usable Content-Length: %q", length)
			}
			return n, nil
		}
		if name, value, ok := strings.Cut(field, ":"); ok && strings.EqualFold(strings.TrimSpace(name), "Content-Length") {
			length = strings.TrimSpace(value)
		}
	}
	return 0, errors.New("a message header has more than 32 lines")
}

// waiting tells whether the editor has sent more than was read.
func (w *wire) waiting() bool { return w.in.Buffered() > 0 }

// write sends one message.
func (w *wire) write(m *message) error {
	m.Version = "2.0"
	body, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("encoding a message: %w", err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, err := fmt.Fprintf(w.out, "Content-Length: %d\r\n\r\n", len(body)); err != nil {
		return err
	}
	_, err = w.out.Write(body)
	return err
}

// notify sends a notification.
func (w *wire) notify(method string, params any) error {
	raw, err := json.Marshal(params)
	if err != nil {
		return err
	}
	return w.write(&message{Method: method, Params: raw})
}
