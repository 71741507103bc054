package main

import (
	"fmt"
	"time"

	"github.com/esfn/esfn/tests/bench/workload"
)

// Rows 1 to 3: what esfn makes of Vault, beside its peers.

// connections is how many esfn has, and the bare reader is given.
const connections = 16

// delays are those of a Vault on the same machine, in the same region, and in
// another.
var delays = []time.Duration{0, 5 * time.Millisecond, 25 * time.Millisecond}

// distinctPaths is row 1: as many ExternalSecrets as there are secrets.
func (b *bench) distinctPaths() row {
	r := row{number: 1, title: fmt.Sprintf("%s ExternalSecrets with %d fields each, on %[1]s paths", thousands(workload.Secrets), workload.Fields)}
	var secrets []string
	for i := range workload.Secrets {
		secrets = append(secrets, workload.Vals(i))
	}
	for _, delay := range delays {
		// The slow peers run less often: argocd-vault-plugin takes two minutes
		// and more at 25 ms.
		slow := 3
		if delay > 10*time.Millisecond {
			slow = 1
		}
		esfn := &line{name: "**esfn**", delay: delay, often: slow > 1, command: b.esfnOf(workload.Key)}
		esfn.judge = func() []verdict {
			return []verdict{exactly(esfn, tally{Reads: workload.Secrets, Logins: 1, Revokes: 1, Connections: connections})}
		}
		bare := &line{name: "bare reader, 16 connections", delay: delay, often: slow > 1, command: b.readerOf("reads.txt", reads())}
		inline := &line{name: "argocd-vault-plugin, inline", delay: delay, most: slow, command: b.avp("inline", workload.AVPInline)}
		annotated := &line{name: "argocd-vault-plugin, annotation", delay: delay, most: slow, command: b.avp("annotated", workload.AVPAnnotated)}
		eval := &line{name: "vals eval, one document", delay: delay, most: slow, command: b.vals("eval", "vals.yaml", workload.KubernetesList(secrets...))}
		flatten := &line{name: "vals flatten", delay: delay, most: slow, command: b.vals("flatten", "vals-documents.yaml", secrets...)}
		targets := map[*line]float64{}
		if delay == 5*time.Millisecond {
			targets = map[*line]float64{bare: 1.3, inline: 40, flatten: 9}
		}
		bare.judge = func() []verdict { return []verdict{within("wall", esfn.wall(), bare.wall(), targets[bare])} }
		r.lines = append(r.lines, esfn, bare)
		for _, peer := range []*line{inline, annotated, flatten, eval} {
			peer.judge = func() []verdict { return []verdict{faster(esfn, peer, targets[peer])} }
			r.lines = append(r.lines, peer)
		}
		if slow > 1 {
			documents := &line{name: "vals eval, a document for each", delay: delay, most: 1, command: b.vals("eval", "vals-documents.yaml", secrets...)}
			documents.judge = func() []verdict { return []verdict{faster(esfn, documents, noTarget)} }
			r.lines = append(r.lines, documents)
		}
	}
	return r.numbered()
}

// sharedPath is row 2: all of them ask for the same secret.
func (b *bench) sharedPath() row {
	esfn := &line{name: "**esfn**", delay: 5 * time.Millisecond, command: b.esfnOf(func(int) string { return workload.Key(0) })}
	esfn.judge = func() []verdict {
		return []verdict{exactly(esfn, tally{Reads: 1, Logins: 1, Revokes: 1, Connections: connections})}
	}
	return row{number: 2, title: thousands(workload.Secrets) + " ExternalSecrets that share one path", lines: []*line{esfn}}.numbered()
}

// find is row 3: one ExternalSecret that finds everything.
func (b *bench) find() row {
	list := workload.List(append(workload.AppRoleStore(b.proxy.address, b.access), workload.Find())...)
	esfn := &line{name: "**esfn**", delay: 5 * time.Millisecond, often: true,
		command: command{args: []string{b.programs.esfn}, stdin: b.file("find.yaml", list), mark: "\n    f", times: workload.Secrets}}
	esfn.judge = func() []verdict {
		return []verdict{exactly(esfn, tally{Lists: workload.Folders + 1, Reads: workload.Secrets, Logins: 1, Revokes: 1, Connections: connections})}
	}
	bare := &line{name: "bare reader, the same lists and reads", delay: 5 * time.Millisecond, often: true, command: b.readerOf("lists-and-reads.txt", append(lists(), reads()...))}
	bare.judge = func() []verdict { return []verdict{within("wall", esfn.wall(), bare.wall(), 1.5)} }
	return row{number: 3, title: fmt.Sprintf("find over %s secrets in %d folders", thousands(workload.Secrets), workload.Folders), lines: []*line{esfn, bare}}.numbered()
}

func reads() (requests []string) {
	for i := range workload.Secrets {
		requests = append(requests, "GET "+workload.Mount+"/data/"+workload.Key(i))
	}
	return requests
}

func lists() []string {
	requests := []string{"LIST " + workload.Mount + "/metadata"}
	for i := range workload.Folders {
		requests = append(requests, fmt.Sprintf("LIST %s/metadata/f%02d", workload.Mount, i))
	}
	return requests
}
