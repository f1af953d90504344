package main

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// stored is a tree in memory, laid out as x/mod stores hashes.
type stored []tlog.Hash

func (s stored) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		if index >= int64(len(s)) {
			return nil, fmt.Errorf("no hash %d", index)
		}
		hashes[i] = s[index]
	}
	return hashes, nil
}

// question is one line of the file: a tree, and the proofs that we made.
type question struct {
	number, size, old, index int64
	root, oldRoot            tlog.Hash
	inclusion                tlog.RecordProof
	consistency              tlog.TreeProof
}

// proofs judges each line and returns the same lines as x/mod would have written them: number of the
// tree, size, older size, index, root, older root, inclusion proof, consistency proof; hashes in
// hexadecimal, joined by commas, "-" for none. Entry i of tree n is "tree n entry i".
func proofs(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	var answers []string
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		answer, err := judge(lines.Text())
		if err != nil {
			return "", err
		}
		answers = append(answers, answer)
	}
	return strings.Join(answers, "\n"), lines.Err()
}

func judge(line string) (string, error) {
	asked, err := parse(line)
	if err != nil {
		return "", err
	}
	var hashes stored
	for i := int64(0); i < asked.size; i++ {
		entry := fmt.Sprintf("tree %d entry %d", asked.number, i)
		more, err := tlog.StoredHashes(i, []byte(entry), hashes)
		if err != nil {
			return "", err
		}
		hashes = append(hashes, more...)
	}
	leaf := hashes[tlog.StoredHashIndex(0, asked.index)]
	if err := tlog.CheckRecord(asked.inclusion, asked.size, asked.root, asked.index, leaf); err != nil {
		return "", fmt.Errorf("tree %d: inclusion of %d in %d: %w", asked.number, asked.index, asked.size, err)
	}
	if err := tlog.CheckTree(asked.consistency, asked.size, asked.root, asked.old, asked.oldRoot); err != nil {
		return "", fmt.Errorf("tree %d: consistency of %d and %d: %w", asked.number, asked.old, asked.size, err)
	}
	return answer(asked, hashes)
}

func answer(asked question, hashes stored) (string, error) {
	root, err := tlog.TreeHash(asked.size, hashes)
	if err != nil {
		return "", err
	}
	oldRoot, err := tlog.TreeHash(asked.old, hashes)
	if err != nil {
		return "", err
	}
	inclusion, err := tlog.ProveRecord(asked.size, asked.index, hashes)
	if err != nil {
		return "", err
	}
	consistency, err := tlog.ProveTree(asked.size, asked.old, hashes)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d %d %d %d %x %x %s %s", asked.number, asked.size, asked.old, asked.index,
		root[:], oldRoot[:], join(inclusion), join(consistency)), nil
}

func parse(line string) (question, error) {
	var asked question
	var root, oldRoot, inclusion, consistency string
	_, err := fmt.Sscan(line, &asked.number, &asked.size, &asked.old, &asked.index,
		&root, &oldRoot, &inclusion, &consistency)
	if err != nil {
		return asked, err
	}
	lists := make([][]tlog.Hash, 4)
	for i, text := range []string{root, oldRoot, inclusion, consistency} {
		if lists[i], err = split(text); err != nil {
			return asked, err
		}
	}
	if len(lists[0]) != 1 || len(lists[1]) != 1 {
		return asked, fmt.Errorf("tree %d has no roots", asked.number)
	}
	asked.root, asked.oldRoot = lists[0][0], lists[1][0]
	asked.inclusion, asked.consistency = lists[2], lists[3]
	return asked, nil
}

func split(text string) ([]tlog.Hash, error) {
	if text == "-" {
		return nil, nil
	}
	var hashes []tlog.Hash
	for _, part := range strings.Split(text, ",") {
		var hash tlog.Hash
		bytes, err := hex.DecodeString(part)
		if err != nil || copy(hash[:], bytes) != tlog.HashSize {
			return nil, fmt.Errorf("no hash: %q", part)
		}
		hashes = append(hashes, hash)
	}
	return hashes, nil
}

func join(hashes []tlog.Hash) string {
	if len(hashes) == 0 {
		return "-"
	}
	parts := make([]string, len(hashes))
	for i, hash := range hashes {
		parts[i] = hex.EncodeToString(hash[:])
	}
	return strings.Join(parts, ",")
}
