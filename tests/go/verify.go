// SPDX-License-Identifier: Apache-2.0

// A verifier that shares no code with countersign: the transparency log and
// signed note packages of the Go project, and what countersign-audit(7) says.
//
//	verify checkpoint VKEY <NOTE
//	verify proof VKEY RECEIPT
//	verify log VKEY LOG
//	verify consistency VKEY LOG NOTE NOTE
package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const firstLine = "c2sp.org/tlog-proof@v1"

// A number as C2SP writes it.
func number(text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 || text != strconv.FormatInt(n, 10) {
		return 0, fmt.Errorf("%q is no number", text)
	}
	return n, nil
}

// Base64 that is written in one way only.
func hash(text string) (tlog.Hash, error) {
	h, err := tlog.ParseHash(text)
	if err == nil && h.String() != text {
		err = fmt.Errorf("%q is no canonical hash", text)
	}
	return h, err
}

// note.Open lets the unused bits of a signature's last digit be anything.
func checkSignatures(n *note.Note) error {
	for _, sig := range n.Sigs {
		if _, err := base64.StdEncoding.Strict().DecodeString(sig.Base64); err != nil {
			return err
		}
	}
	return nil
}

// Checks the signature of a note whose origin is the name of the key.
func openCheckpoint(vkey string, msg []byte) (tree tlog.Tree, err error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return tree, err
	}
	n, err := note.Open(msg, note.VerifierList(verifier))
	if err != nil {
		return tree, err
	}
	if err = checkSignatures(n); err != nil {
		return tree, err
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) < 4 {
		return tree, errors.New("the checkpoint has too few lines")
	}
	if lines[0] != verifier.Name() {
		return tree, fmt.Errorf("the origin is %q", lines[0])
	}
	if tree.N, err = number(lines[1]); err != nil {
		return tree, err
	}
	tree.Hash, err = hash(lines[2])
	return tree, err
}

func checkpoint(vkey string) error {
	msg, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	tree, err := openCheckpoint(vkey, msg)
	if err == nil {
		fmt.Println(tree.N, tree.Hash)
	}
	return err
}

type receipt struct {
	index  int64
	record []byte
	path   tlog.RecordProof
	note   []byte
}

func parseReceipt(text []byte) (*receipt, error) {
	head, msg, found := bytes.Cut(text, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	if !found || len(lines) < 3 || lines[0] != firstLine ||
		!strings.HasPrefix(lines[1], "extra ") ||
		!strings.HasPrefix(lines[2], "index ") {
		return nil, errors.New("not a receipt")
	}
	r := &receipt{note: msg}
	var err error
	if r.record, err = base64.StdEncoding.Strict().DecodeString(lines[1][6:]); err != nil {
		return nil, err
	}
	if r.index, err = number(lines[2][6:]); err != nil {
		return nil, err
	}
	for _, line := range lines[3:] {
		h, err := hash(line)
		if err != nil {
			return nil, err
		}
		r.path = append(r.path, h)
	}
	return r, nil
}

func proof(vkey, file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	r, err := parseReceipt(text)
	if err != nil {
		return err
	}
	tree, err := openCheckpoint(vkey, r.note)
	if err != nil {
		return err
	}
	_, f, err := parseRecord(r.record)
	if err != nil {
		return err
	}
	if f["seq"] != strconv.FormatInt(r.index+1, 10) {
		return fmt.Errorf("the record is seq %s", f["seq"])
	}
	err = tlog.CheckRecord(r.path, tree.N, tree.Hash, r.index,
		tlog.RecordHash(r.record))
	if err == nil {
		fmt.Printf("%s\n", r.record)
	}
	return err
}

// The hashes of a tree in memory, in tlog's order.
type stored []tlog.Hash

func (s stored) ReadHashes(indexes []int64) (hashes []tlog.Hash, err error) {
	for _, i := range indexes {
		if i >= int64(len(s)) {
			return nil, fmt.Errorf("there is no hash %d", i)
		}
		hashes = append(hashes, s[i])
	}
	return hashes, nil
}

// Calls fn with the tree over all records before, and the record.
func forRecords(file string, fn func(s stored, n int64, line []byte) error) (s stored, n int64, err error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for ; lines.Scan(); n++ {
		if err = fn(s, n, lines.Bytes()); err != nil {
			return nil, 0, fmt.Errorf("record %d: %w", n+1, err)
		}
		hashes, err := tlog.StoredHashes(n, lines.Bytes(), s)
		if err != nil {
			return nil, 0, err
		}
		s = append(s, hashes...)
	}
	return s, n, lines.Err()
}

var (
	head  = regexp.MustCompile(`^<8[46]>1 [0-9TZ:.-]+ [!-~]+ countersign [0-9]+ ([A-Z]+) \[countersign@32473`)
	field = regexp.MustCompile(`^ ([A-Za-z0-9._-]+)="((?:[^"\\\]]|\\["\\\]])*)"`)
)

// The event and the fields of a record.
func parseRecord(line []byte) (string, map[string]string, error) {
	m := head.FindSubmatch(line)
	if m == nil {
		return "", nil, errors.New("not a record")
	}
	fields := map[string]string{}
	rest := line[len(m[0]):]
	for {
		f := field.FindSubmatch(rest)
		if f == nil {
			break
		}
		fields[string(f[1])] = string(f[2])
		rest = rest[len(f[0]):]
	}
	if len(rest) == 0 || rest[0] != ']' {
		return "", nil, errors.New("the data is malformed")
	}
	return string(m[1]), fields, nil
}

// The note of a CHECKPOINT record.
func rebuildNote(f map[string]string) []byte {
	return []byte(fmt.Sprintf("%s\n%s\n%s\n\n\u2014 %s %s\n", f["origin"],
		f["size"], f["root"], f["origin"], f["signature"]))
}

// The compact tree, whose largest subtree comes first.
func checkNodes(nodes string, tree tlog.Tree) error {
	words := strings.Split(nodes, " ")
	var root tlog.Hash
	for i := len(words) - 1; i >= 0; i-- {
		h, err := hash(words[i])
		if err != nil {
			return err
		}
		if i == len(words)-1 {
			root = h
		} else {
			root = tlog.NodeHash(h, root)
		}
	}
	if root != tree.Hash {
		return errors.New("the nodes do not give the root")
	}
	return nil
}

func checkTree(vkey string, f map[string]string, s stored, n int64) error {
	tree, err := openCheckpoint(vkey, rebuildNote(f))
	if err != nil {
		return err
	}
	if tree.N > n {
		return fmt.Errorf("it covers %d records", tree.N)
	}
	root, err := tlog.TreeHash(tree.N, s)
	if err != nil {
		return err
	}
	if root != tree.Hash {
		return errors.New("the root is another")
	}
	if f["auditkey"] != vkey {
		return errors.New("the audit key is another")
	}
	if nodes, there := f["nodes"]; there {
		return checkNodes(nodes, tree)
	}
	return nil
}

func wholeLog(vkey, file string) error {
	prev, checkpoints := strings.Repeat("0", 64), 0
	_, n, err := forRecords(file, func(s stored, n int64, line []byte) error {
		event, f, err := parseRecord(line)
		if err != nil {
			return err
		}
		if f["seq"] != strconv.FormatInt(n+1, 10) {
			return fmt.Errorf("its seq is %s", f["seq"])
		}
		if f["prev"] != prev {
			return errors.New("prev is not the hash of the line before")
		}
		prev = fmt.Sprintf("%x", sha256.Sum256(line))
		if event != "CHECKPOINT" {
			return nil
		}
		checkpoints++
		return checkTree(vkey, f, s, n)
	})
	if err == nil {
		fmt.Printf("%d records, %d checkpoints\n", n, checkpoints)
	}
	return err
}

func readCheckpoint(vkey, file string) (tree tlog.Tree, err error) {
	msg, err := os.ReadFile(file)
	if err != nil {
		return tree, err
	}
	return openCheckpoint(vkey, msg)
}

func consistency(vkey, file, older, newer string) error {
	a, err := readCheckpoint(vkey, older)
	if err != nil {
		return err
	}
	b, err := readCheckpoint(vkey, newer)
	if err != nil {
		return err
	}
	s, _, err := forRecords(file, func(stored, int64, []byte) error {
		return nil
	})
	if err != nil {
		return err
	}
	p, err := tlog.ProveTree(b.N, a.N, s)
	if err != nil {
		return err
	}
	if err = tlog.CheckTree(p, b.N, b.Hash, a.N, a.Hash); err == nil {
		fmt.Printf("the first %d of %d records are the same\n", a.N, b.N)
	}
	return err
}

func run(args []string) error {
	switch {
	case len(args) == 2 && args[0] == "checkpoint":
		return checkpoint(args[1])
	case len(args) == 3 && args[0] == "proof":
		return proof(args[1], args[2])
	case len(args) == 3 && args[0] == "log":
		return wholeLog(args[1], args[2])
	case len(args) == 5 && args[0] == "consistency":
		return consistency(args[1], args[2], args[3], args[4])
	}
	return errors.New("checkpoint VKEY | proof VKEY FILE | log VKEY FILE | consistency VKEY FILE NOTE NOTE")
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "verify:", err)
		os.Exit(1)
	}
}
