package evidence

// DefaultLimits are what one reading may take unless Options say otherwise:
// far above any incident we know of, far below what would hurt a laptop.
var DefaultLimits = Limits{
	FileBytes:  4 << 30,
	TotalBytes: 16 << 30,
	Files:      100_000,
	ItemBytes:  4 << 20,
	Items:      5_000_000,
	Ratio:      1000,
	Depth:      16,
}

// orDefault fills zero fields from DefaultLimits.
func (l Limits) orDefault() Limits {
	d := DefaultLimits
	if l.FileBytes > 0 {
		d.FileBytes = l.FileBytes
	}
	if l.TotalBytes > 0 {
		d.TotalBytes = l.TotalBytes
	}
	if l.Files > 0 {
		d.Files = l.Files
	}
	if l.ItemBytes > 0 {
		d.ItemBytes = l.ItemBytes
	}
	if l.Items > 0 {
		d.Items = l.Items
	}
	if l.Ratio > 0 {
		d.Ratio = l.Ratio
	}
	if l.Depth > 0 {
		d.Depth = l.Depth
	}
	return d
}
