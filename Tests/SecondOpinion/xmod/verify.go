// Command xmod gives a second opinion on a log: it reads a C2SP tlog-tiles folder with
// golang.org/x/mod/sumdb, which nobody in this project wrote.
//
//	xmod <folder> <vkey> [<file with an older checkpoint>]
//	xmod audit <folder> <vkey>
//	xmod proofs <file>
//
// It prints "ok <origin> <size> <root>" and exits with 0, or says what is wrong and exits with 1.
// An audit leaves the proofs out and adds the seconds that it took; of proofs see proofs.go.
// Built without modules, from Debian's golang-golang-x-mod-dev:
//
//	GO111MODULE=off GOPATH=/usr/share/gocode go build -o xmod ./Tests/SecondOpinion/xmod
package main

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const tileHeight = 8
const tileWidth = 1 << tileHeight

// folder reads tiles where C2SP puts them: x/mod's tile/8/0/000 is tile/0/000 there.
type folder struct{ root string }

func (f folder) Height() int { return tileHeight }

func (f folder) SaveTiles([]tlog.Tile, [][]byte) {}

func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for i, tile := range tiles {
		path := "tile/" + strings.TrimPrefix(tile.Path(), fmt.Sprintf("tile/%d/", tileHeight))
		bytes, err := f.read(path, tile.W)
		if err != nil {
			return nil, err
		}
		if len(bytes) < tile.W*tlog.HashSize {
			return nil, fmt.Errorf("%s: %d bytes, expected %d", path, len(bytes), tile.W*tlog.HashSize)
		}
		data[i] = bytes[:tile.W*tlog.HashSize]
	}
	return data, nil
}

// read returns a resource; a full one may stand in for a partial one.
func (f folder) read(path string, width int) ([]byte, error) {
	bytes, err := os.ReadFile(filepath.Join(f.root, filepath.FromSlash(path)))
	if os.IsNotExist(err) && width < tileWidth {
		full := strings.TrimSuffix(path, fmt.Sprintf(".p/%d", width))
		return os.ReadFile(filepath.Join(f.root, filepath.FromSlash(full)))
	}
	return bytes, err
}

// bundle returns the first width entries of entry bundle number index.
func (f folder) bundle(index int64, width int) ([][]byte, error) {
	tile := tlog.Tile{H: tileHeight, L: 0, N: index, W: width}
	path := "tile/entries/" + strings.TrimPrefix(tile.Path(), fmt.Sprintf("tile/%d/0/", tileHeight))
	bytes, err := f.read(path, width)
	if err != nil {
		return nil, err
	}
	var entries [][]byte
	for len(entries) < width {
		if len(bytes) < 2 {
			return nil, fmt.Errorf("%s: %d of %d entries", path, len(entries), width)
		}
		length := int(binary.BigEndian.Uint16(bytes))
		if len(bytes) < 2+length {
			return nil, fmt.Errorf("%s: entry %d is cut off", path, len(entries))
		}
		entries = append(entries, bytes[2:2+length])
		bytes = bytes[2+length:]
	}
	return entries, nil
}

// checkpoint opens a signed note and reads the three lines that every checkpoint has.
func checkpoint(path string, verifier note.Verifier) (tlog.Tree, error) {
	var tree tlog.Tree
	bytes, err := os.ReadFile(path)
	if err != nil {
		return tree, err
	}
	opened, err := note.Open(bytes, note.VerifierList(verifier))
	if err != nil {
		return tree, fmt.Errorf("%s: %w", path, err)
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		return tree, fmt.Errorf("%s: not a checkpoint of %s", path, verifier.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return tree, fmt.Errorf("%s: bad size %q", path, lines[1])
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return tree, fmt.Errorf("%s: bad root %q", path, lines[2])
	}
	tree.N = size
	copy(tree.Hash[:], root)
	return tree, nil
}

// checkHashes reads every hash of every tile level; the reader compares each with the root.
func checkHashes(tree tlog.Tree, hashes tlog.HashReader) error {
	root, err := tlog.TreeHash(tree.N, hashes)
	if err != nil {
		return err
	}
	if root != tree.Hash {
		return fmt.Errorf("the tiles hash to %v, the checkpoint says %v", root, tree.Hash)
	}
	for level := 0; tree.N>>uint(level) > 0; level += tileHeight {
		count := tree.N >> uint(level)
		for start := int64(0); start < count; start += tileWidth {
			if _, err := row(hashes, level, start, count); err != nil {
				return err
			}
		}
	}
	return nil
}

// row returns the hashes of one tile: up to 256 of a level's count, from start on.
func row(hashes tlog.HashReader, level int, start, count int64) ([]tlog.Hash, error) {
	var indexes []int64
	for index := start; index < count && index < start+tileWidth; index++ {
		indexes = append(indexes, tlog.StoredHashIndex(level, index))
	}
	return hashes.ReadHashes(indexes)
}

// checkEntries compares the hash of every entry with the leaf hashes of the tiles.
func checkEntries(tree tlog.Tree, files folder, hashes tlog.HashReader) error {
	for start := int64(0); start < tree.N; start += tileWidth {
		leaves, err := row(hashes, 0, start, tree.N)
		if err != nil {
			return err
		}
		entries, err := files.bundle(start/tileWidth, len(leaves))
		if err != nil {
			return err
		}
		for i, entry := range entries {
			if tlog.RecordHash(entry) != leaves[i] {
				return fmt.Errorf("entry %d does not hash to its leaf", start+int64(i))
			}
		}
	}
	return nil
}

// checkProofs proves the first, the last and some other entries.
func checkProofs(tree tlog.Tree, hashes tlog.HashReader) error {
	indexes := []int64{0, tree.N / 2, tree.N - 1}
	random := rand.New(rand.NewSource(tree.N))
	for len(indexes) < 64 {
		indexes = append(indexes, random.Int63n(tree.N))
	}
	for _, index := range indexes {
		leaf, err := hashes.ReadHashes([]int64{tlog.StoredHashIndex(0, index)})
		if err != nil {
			return err
		}
		proof, err := tlog.ProveRecord(tree.N, index, hashes)
		if err != nil {
			return err
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, leaf[0]); err != nil {
			return fmt.Errorf("inclusion of %d: %w", index, err)
		}
	}
	return nil
}

// checkHistory proves that tree extends old.
func checkHistory(old, tree tlog.Tree, hashes tlog.HashReader) error {
	if old.N > tree.N {
		return fmt.Errorf("rolled back from %d to %d entries", old.N, tree.N)
	}
	if old.N == 0 {
		return nil
	}
	proof, err := tlog.ProveTree(tree.N, old.N, hashes)
	if err != nil {
		return err
	}
	return tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash)
}

func verify(arguments []string) (string, error) {
	if len(arguments) != 2 && len(arguments) != 3 {
		return "", fmt.Errorf("usage: xmod <folder> <vkey> [<older checkpoint>]")
	}
	verifier, err := note.NewVerifier(arguments[1])
	if err != nil {
		return "", err
	}
	tree, err := checkpoint(filepath.Join(arguments[0], "checkpoint"), verifier)
	if err != nil {
		return "", err
	}
	files := folder{arguments[0]}
	hashes := tlog.TileHashReader(tree, files)
	if tree.N == 0 {
		if tree.Hash != tlog.Hash(sha256.Sum256(nil)) {
			return "", fmt.Errorf("the root of an empty tree is another")
		}
	} else {
		if err := checkHashes(tree, hashes); err != nil {
			return "", err
		}
		if err := checkEntries(tree, files, hashes); err != nil {
			return "", err
		}
		if err := checkProofs(tree, hashes); err != nil {
			return "", err
		}
	}
	if len(arguments) == 3 {
		old, err := checkpoint(arguments[2], verifier)
		if err != nil {
			return "", err
		}
		if err := checkHistory(old, tree, hashes); err != nil {
			return "", fmt.Errorf("history: %w", err)
		}
	}
	return fmt.Sprintf("ok %s %d %v", verifier.Name(), tree.N, tree.Hash), nil
}

// audit checks every tile and entry once, and tells how long that took.
func audit(arguments []string) (string, error) {
	start := time.Now()
	verifier, err := note.NewVerifier(arguments[1])
	if err != nil {
		return "", err
	}
	tree, err := checkpoint(filepath.Join(arguments[0], "checkpoint"), verifier)
	if err != nil {
		return "", err
	}
	files := folder{arguments[0]}
	hashes := tlog.TileHashReader(tree, files)
	if err := checkHashes(tree, hashes); err != nil {
		return "", err
	}
	if err := checkEntries(tree, files, hashes); err != nil {
		return "", err
	}
	seconds := time.Since(start).Seconds()
	return fmt.Sprintf("ok %s %d %v %f", verifier.Name(), tree.N, tree.Hash, seconds), nil
}

func main() {
	var verdict string
	var err error
	switch {
	case len(os.Args) == 3 && os.Args[1] == "proofs":
		verdict, err = proofs(os.Args[2])
	case len(os.Args) == 4 && os.Args[1] == "audit":
		verdict, err = audit(os.Args[2:])
	default:
		verdict, err = verify(os.Args[1:])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "xmod:", err)
		os.Exit(1)
	}
	fmt.Println(verdict)
}
